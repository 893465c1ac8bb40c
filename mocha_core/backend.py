"""The backend contract: where memory lies and which kernels run. Facts come from the core, decisions are made here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np

from .blob import Array, Blob, BlobSpec
from .choosing import Registry, choose_kernel
from .counting import Counter, HostCounter
from .errors import OptionError
from .kernel import Choice, Kernel, LayerState, Site
from .memory import Slot
from .option_types import whole
from .parameters import ParameterStore
from .passes import Pass
from .random import Stream
from .steps import Feeding, HostArray, one_after_the_other
from .steps import Step as Step


class Backend(ABC):
    """Memory, arithmetic and kernels of one kind of machine.

    A subclass must name itself and give `xp`, an array namespace of the Python array-API standard; everything else has
    a body that is right for any such namespace, and is overridden for speed.

    seed: of every random number drawn on this backend.   prefer: packages that win where two kernels have equal rank.
    joins_steps: whether training hands `compile` backward, update and the next forward as one program. It does then not
    wait for the objective after each update, and `Blob.version` of a parameter does not grow within that program.
    """

    name: ClassVar[str]
    extends: ClassVar[tuple[str, ...]] = ()
    priority: ClassVar[int] = 0
    joins_steps: ClassVar[bool] = False

    def __init__(self, *, seed: int = 0, prefer: Sequence[str] = ()) -> None:
        self.seed = _whole_seed(seed)
        self.registry = Registry.open(self, tuple(prefer))
        self.parameters = ParameterStore(self)

    @classmethod
    def unusable(cls) -> str | None:
        """Why this backend cannot work here (one sentence, with the line that mends it), or None if it can."""
        return None

    @classmethod
    def needs(cls) -> Sequence[str]:
        """Lines for `mocha doctor`, whether the backend can work or not: what it needs, and what of it is here."""
        return ()

    @property
    @abstractmethod
    def xp(self) -> Any:
        """The array namespace."""

    # memory ---------------------------------------------------------------------------------------------------------

    def empty(self, spec: BlobSpec) -> Array:
        """A new array; what it holds is not defined."""
        return self.xp.empty(spec.shape, dtype=getattr(self.xp, spec.dtype))

    def allocate(self, slots: Sequence[Slot]) -> list[Array]:
        """One array per slot. This body ignores what may be shared: more memory, never wrong."""
        return [self.empty(slot.spec) for slot in slots]

    def planned_bytes(self, slots: Sequence[Slot]) -> int:
        """How many bytes `allocate` takes for these slots."""
        return sum(slot.spec.nbytes for slot in slots)

    def assign(self, target: Array, source: Array) -> None:
        """Copy an array of this backend over another; shapes are equal, or `source` is broadcast."""
        target[...] = source

    def add(self, target: Array, source: Array) -> None:
        """Add an array of this backend to another of the same shape."""
        target[...] = target + source

    def zero(self, target: Array) -> None:
        """Set every element to zero."""
        target[...] = self.xp.zeros_like(target)

    def write(self, target: Array, source: np.ndarray[Any, Any]) -> None:
        """Copy from the host; shape and element type are those of `target`."""
        target[...] = self.xp.asarray(source)

    def to_host(self, source: Array) -> np.ndarray[Any, Any]:
        """A copy on the host."""
        return np.array(source)

    def scalar(self, source: Array) -> float:
        """The value of an array with one element."""
        return float(self.to_host(source).reshape(()))

    def draw(self, stream: Stream, blob: Blob) -> None:
        """Fill `blob` with the stream's next uniform numbers."""
        self.write(blob.array, stream.uniform(blob.shape, blob.dtype))

    def empty_host(self, shape: tuple[int, ...], dtype: str) -> HostArray:
        """Host memory for batches; a backend may give memory that its device reads by itself."""
        return np.empty(shape, dtype)

    # steps of programs ----------------------------------------------------------------------------------------------

    def drawing(self, stream: Stream, blob: Blob) -> Step:
        """`draw` as a step of a program; a `TwoPhase` step notes in `prepare` where the stream stands."""
        return partial(self.draw, stream, blob)

    def feeding(self, blobs: Sequence[Blob], batch: Callable[[], Sequence[HostArray]]) -> Feeding:
        """The step that copies what `batch()` gives into these blobs."""
        return Feeding(self, blobs, batch)

    def counter(self, blob: Blob, items: int | Blob) -> Counter:
        """What adds up a blob's values for the statistics, weighted by how many items each stands for."""
        return HostCounter(self, blob, items)

    # work -----------------------------------------------------------------------------------------------------------

    def choose(self, site: Site) -> Choice:
        """The kernel for a site; override to measure the candidates instead of taking the first that accepts."""
        return choose_kernel(self, site)

    def choose_all(self, sites: Sequence[Site]) -> list[Choice]:
        """The kernels of a net's layers, in running order; override to choose with an eye on the neighbours."""
        return [self.choose(site) for site in sites]

    def build(self, choice: Choice, state: LayerState) -> Kernel:
        """The chosen kernel on its memory."""
        kernel: Kernel = choice.kernel(self, state)
        return kernel

    def arithmetic(self) -> AbstractContextManager[Any]:
        """Inside, functions of `xp` may be called on this backend's arrays, outside of programs.

        NumPy's warnings about NaN and Inf are off: the solver looks at the loss and names the layer.
        """
        return np.errstate(all="ignore")

    def passes(self) -> tuple[Pass, ...]:
        """Rewrites of the list of layers that this backend wants before planning, its plugins' included."""
        return self.registry.passes

    def compile(self, steps: Sequence[Step]) -> Step:
        """One call that runs the steps in order; a backend may replace the list by something better.

        The steps are methods of kernels, `MemoryStep`s, `TwoPhase` steps and other callables, which belong to the host.
        Many programs are compiled that never run, so what takes long is better left for the first run.
        """
        frozen = tuple(one_after_the_other(steps))

        def run() -> None:
            with self.arithmetic():
                for step in frozen:
                    step()

        return run

    def sync(self) -> None:  # noqa: B027 (nothing to wait for where every step is done at once)
        """Wait until everything asked for is done."""

    def close(self) -> None:  # noqa: B027 (ordinary memory goes with its last user)
        """Give back what the backend holds; it cannot be used afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(seed={self.seed})"


def _whole_seed(seed: Any) -> int:
    try:
        return whole(seed)
    except TypeError:
        raise OptionError(f"seed is a whole number, not {seed!r}") from None
