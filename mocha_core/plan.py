"""What a layer states about itself before any memory exists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .blob import BlobSpec, Shape

if TYPE_CHECKING:
    from .constraints import Constraint
    from .initializers import Initializer
    from .regularizers import Regularizer

TRAIN, TEST = "train", "test"
PHASES = (TRAIN, TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What kind of layer a class is; the same for all its instances.

    source: reads no blobs, owns a data source.   input: a source that the user fills, without data of its own.
    sink: writes no blobs that others may read.   loss: its result is a scalar that training minimises.
    stats: its first top is a mean worth reporting.   backprop: has a `backward`.
    phased: computes something else in training than in testing.   collects: a sink that hands its bottoms to the host.
    remembers: its `updates` happen in testing, too.
    """

    source: bool = False
    input: bool = False
    sink: bool = False
    loss: bool = False
    stats: bool = False
    backprop: bool = True
    phased: bool = False
    collects: bool = False
    remembers: bool = False

    @property
    def computes(self) -> bool:
        """Whether a kernel runs for the layer; data comes and goes by the host."""
        return not self.source and not self.collects


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One parameter of a layer: `fan_in`/`fan_out` count the inputs and outputs of one unit.

    `rate` multiplies the solver's learning rate. `trained=False` marks state that forward keeps up to date itself
    (running statistics); solvers leave it alone, snapshots keep it.
    past: of state that each forward goes on from: the name of the layer's parameter that holds what this one was before
    the last forward, so that the forward can be done again; for that parameter its own name.
    owner: the key of another layer whose parameter this is (tied weights); it must exist in the same store, and with
    `trained=False` this layer gives it no gradient.
    """

    name: str
    shape: Shape
    initializer: Initializer
    regularizer: Regularizer
    constraint: Constraint
    rate: float = 1.0
    fan_in: int = 1
    fan_out: int = 1
    trained: bool = True
    owner: str = ""
    past: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The facts of one layer in one net. Only `tops` must be stated; the defaults are safe for every layer.

    tops: what forward returns, in order; a loss or statistic that nobody reads is a top too (a scalar).
    draws: uniform random numbers in (0, 1) wanted at each forward in the train phase.
    saves: what backward reads again: "xs", "ys", "draws", or one of them by position: "x0", "y1".
    overlays: (top, bottom) pairs that may share memory: element k of the top needs only element k of the bottom,
    and likewise for their gradients in backward.
    views: (top, bottom) pairs where the top is the bottom's bytes unchanged under another shape.
    constants: bottoms that get no gradient (labels, indices), by position.
    items: for a layer with statistics: over how many items its first top is a mean, unless it counts them itself.
    """

    tops: tuple[BlobSpec, ...]
    params: tuple[ParamSpec, ...] = ()
    draws: tuple[BlobSpec, ...] = ()
    saves: frozenset[str] = frozenset({"xs", "ys", "draws"})
    overlays: tuple[tuple[int, int], ...] = ()
    views: tuple[tuple[int, int], ...] = ()
    constants: tuple[int, ...] = ()
    items: int = 1

    def reads_again(self, kind: str, index: int, saves: frozenset[str] | None = None) -> bool:
        """Whether backward reads array `index` of `kind` ("x", "y" or "draw") again."""
        return not {f"{kind}s", f"{kind}{index}"}.isdisjoint(self.saves if saves is None else saves)

    def of_type(self, dtype: str) -> Plan:
        """The plan with tops of this element type; a layer without bottoms cannot know the net's."""
        return replace(self, tops=tuple(BlobSpec(top.shape, dtype) for top in self.tops))
