"""Steps: the bound calls that a net's programs are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .blob import Array, Blob

if TYPE_CHECKING:
    from .backend import Backend

Step = Callable[[], None]

HostArray = np.ndarray[Any, Any]


class TwoPhase(ABC):
    """A step whose work on the host can be done ahead of its work on the device.

    A backend that records what a device does runs `prepare` of every step of a program first, in their order, then the
    calls. So `prepare` may not depend on what the calls before it in the same program leave behind, and a call gets
    everything that changes from run to run from device memory: it does the same each time.

    >>> class Add(TwoPhase):
    ...     def prepare(self):
    ...         print("a number for the device")
    ...     def __call__(self):
    ...         print("adds that number")
    >>> for phase in phases(Add()):
    ...     phase()
    a number for the device
    adds that number
    """

    @abstractmethod
    def prepare(self) -> None:
        """What the host does: it reads no results of the device."""

    @abstractmethod
    def __call__(self) -> None:
        """What the device does."""


def phases(step: Step) -> tuple[Step, ...]:
    """The calls that do a step when nothing is done ahead."""
    return (step.prepare, step.__call__) if isinstance(step, TwoPhase) else (step,)


def one_after_the_other(steps: Iterable[Step]) -> Iterator[Step]:
    """Every step's phases, in order."""
    return (phase for step in steps for phase in phases(step))


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """One call of a backend's `assign`, `add` or `zero` on arrays that never move.

    A backend whose memory methods only enqueue work may record it.
    """

    method: Callable[..., None]
    arrays: tuple[Array, ...]

    def __call__(self) -> None:
        self.method(*self.arrays)


@dataclass(slots=True)
class FieldStep:
    """A call with the numbers of this iteration, which it asks for when it runs: a step of the host."""

    run: Callable[[Any], None]
    numbers: Callable[[], Any]

    def __call__(self) -> None:
        self.run(self.numbers())


class Feeding(TwoPhase):
    """Copies a batch from the host into blobs. This body does it in its call; a faster one sends the batch ahead.

    batch: gives the batch's arrays, one per blob, whose first samples are taken.
    """

    def __init__(self, backend: Backend, blobs: Sequence[Blob], batch: Callable[[], Sequence[HostArray]]) -> None:
        self.backend, self.blobs, self.batch = backend, tuple(blobs), batch

    def release(self) -> None:
        """Return when the arrays of the batches before may be overwritten; called before each new batch is read."""

    def prepare(self) -> None:
        """Nothing: the batch waits on the host."""

    def __call__(self) -> None:
        for blob, host in zip(self.blobs, self.batch(), strict=True):
            self.backend.write(blob.array, host[: blob.shape[0]])
