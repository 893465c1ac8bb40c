"""The layer contract: a spec that also carries its own mathematics, once, for every backend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from .admitted import Admitted, class_labels
from .blob import Array, BlobSpec, Shape
from .errors import OptionError, ShapeError
from .plan import PHASES, TRAIN, Plan, Traits
from .specs import Spec, spec

if TYPE_CHECKING:
    import numpy as np

    from .data.collector import Collector
    from .data.source import Source


@dataclass(slots=True, kw_only=True)
class Values:
    """The arrays that a layer's mathematics reads.

    forward is given xs, params, draws; backward also ys and dys (the gradients of the loss by the tops, all of them)
    and `wants`: for which bottoms it must return a gradient. Treat every array as read-only.
    """

    xs: tuple[Array, ...] = ()
    ys: tuple[Array, ...] = ()
    dys: tuple[Array, ...] = ()
    params: Mapping[str, Array] = field(default_factory=dict)
    draws: tuple[Array, ...] = ()
    wants: tuple[bool, ...] = ()
    phase: str = TRAIN


@dataclass(slots=True)
class Grads:
    """What backward returns: one gradient (or None where not wanted) per bottom, and one per trained parameter."""

    xs: tuple[Array | None, ...] = ()
    params: Mapping[str, Array] = field(default_factory=dict)


@spec(kw_only=True)
class Layer(Spec, ABC):
    """A step of a net. Subclasses are final: tweak one by `replace` or by wrapping, not by inheriting.

    name: unique in its net; the key of its parameters in model files.
    bottoms, tops: names of the blobs read and written. A layer that overwrites its bottoms has no tops of its own.
    phases: the phases in which the layer takes part.
    """

    name: str
    bottoms: Sequence[str] = ()
    tops: Sequence[str] = ()
    phases: Sequence[str] = PHASES

    traits: ClassVar[Traits] = Traits()

    @abstractmethod
    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        """Shapes and facts for bottoms of these shapes; raises `ShapeError` where they do not fit."""

    @abstractmethod
    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        """The tops, computed with the array namespace `xp`."""

    def backward(self, xp: Any, v: Values) -> Grads:
        """The gradients of the loss by bottoms and parameters, given those by the tops."""
        raise NotImplementedError(f"{type(self).__name__} has traits.backprop but no backward")

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        """New values of the parameters that are not trained, after a forward; in tests, too, if `traits.remembers`.

        Not while the layer is frozen, unless it remembers: it then computes as in the phase "test". `backward` comes
        later, and sees the new values.
        """
        return {}

    def report(self, mean: float) -> Mapping[str, float]:
        """For `traits.stats`: key suffix -> value, for the mean of the first top since the last reset."""
        return {"value": mean}

    def report_each(self, means: Sequence[float]) -> Mapping[str, float]:
        """The same where the first top is several means, each since the last reset; `report` is given them as one."""
        return {}

    def show(self, mean: float, items: int) -> str:
        """For `traits.stats`: the line that a validation prints, e.g. `Accuracy (avg over 10000) = 98.9000%`."""
        return f"{self.name} (avg over {items}) = {mean:.4f}"

    def in_phase(self, phase: str) -> Layer | None:
        """What takes this layer's place in a net of that phase; None: nothing does."""
        return self if phase in self.phases else None

    def parts(self) -> tuple[Layer, ...]:
        """The primitive layers this one stands for, in order; most layers are their own only part."""
        return (self,)

    def for_prediction(self) -> Layer | None:
        """For a layer that needs labels: what stands in when only inputs are known (a softmax for its loss)."""
        return None

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int] | None:
        """For a layer that reads class labels: which bottom holds them, and how many classes there are."""
        return None

    def admits(self, bottoms: tuple[BlobSpec, ...]) -> Mapping[int, Admitted]:
        """For bottoms that cannot hold just any numbers, by position, those that they can; others are refused.

        That happens where the host writes them: in data layers and inputs. What layers compute is not looked at, and a
        layer must stay safe with it. By default: the labels of `classes`, and that of an option `ignore_label`.
        """
        told = self.classes(bottoms)
        ignored = getattr(self, "ignore_label", False)
        options = {} if ignored is False else {"ignored": ignored, "ignorable": True}
        return {told[0]: class_labels(told[1], **options)} if told else {}

    def example(self, position: int, bottoms: tuple[BlobSpec, ...], random: np.random.Generator) -> Array | None:
        """For a bottom that cannot hold just any numbers, some that it can, for trying a net; None: any will do."""
        admitted = self.admits(bottoms).get(position)
        return None if admitted is None else admitted.drawn(bottoms[position].shape, random)

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        """Floating-point operations of a forward, two for each product that is added; 0 where memory decides the time.

        In backward, the gradients by the parameters and those by the bottoms count as many each.
        """
        return 0

    def open_source(self, seed: int) -> Source:
        """For `traits.source`: a fresh reader of the data, owned by one net; `seed` decides a shuffled order."""
        raise NotImplementedError(f"{type(self).__name__} is no data layer")

    def open_collector(self) -> Collector:
        """For `traits.collects`: what takes the bottoms of each forward, owned by one net."""
        raise NotImplementedError(f"{type(self).__name__} collects nothing")

    def borrowing(self, shapes: Mapping[tuple[str, str], Shape]) -> Layer:
        """This layer with the sizes that follow from another layer's parameter, given by (key, name)."""
        return self

    def resized(self, num: int, trained: int) -> Layer:
        """What takes this layer's place where a batch has `num` samples, not `trained`: itself, if no option says."""
        return self

    @property
    def lead(self) -> Layer:
        """The layer that decides which kernel fits: itself, or the first of those that a wrapper holds."""
        return self

    @property
    def counts_items(self) -> bool:
        """For a loss or statistic: whether over how many items its first top is a mean varies from batch to batch.

        A second top of the same shape, the blob `<name>/items`, then holds that number.
        """
        return False

    @property
    def loss_weight(self) -> float:
        """For a loss: what its value is multiplied by in the objective; its gradients have that in them."""
        return 1.0

    @property
    def in_place(self) -> bool:
        """Whether the layer overwrites its bottoms."""
        return not self.tops and not self.traits.sink

    @property
    def key(self) -> str:
        """Under which the parameters are stored and shared."""
        return str(getattr(self, "param_key", "") or self.name)

    def check(self) -> None:
        """There is a name, the phases are known; then `check_options`."""
        if not self.name:
            raise OptionError(f"{type(self).__name__} needs a name that is not empty")
        for phase in self.phases:
            if phase not in PHASES:
                raise OptionError(f"layer {self.name!r}: phase is {' or '.join(PHASES)}, not {phase!r}")
        self.check_options()

    def check_options(self) -> None:
        """Raise `OptionError` for impossible options; call `self.refuse(...)`."""

    def refuse(self, text: str) -> OptionError:
        """An `OptionError` that names the layer; `raise self.refuse("...")`."""
        return OptionError(f"layer {self.name!r} ({type(self).__name__}): {text}")

    def misfit(self, text: str) -> ShapeError:
        """A `ShapeError` that names the layer and its bottoms; `raise self.misfit("...")`."""
        return ShapeError(f"layer {self.name!r} ({type(self).__name__}), bottoms {', '.join(self.bottoms)}: {text}")
