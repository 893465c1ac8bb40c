"""Which steps of a program may be recorded into a graph."""

from __future__ import annotations

from collections.abc import Callable

from mocha_core.backend import Backend
from mocha_core.steps import MemoryStep


class Recordable:
    """A mark for what only puts work on the device's current stream when it is called, the same work each time.

    Such a call allocates nothing, reads no result, and does not wait. The mark holds for the call of an object, and for
    its bound methods (`forward`, `backward`).
    """


def is_recordable(step: Callable[[], None]) -> bool:
    """Whether the call of a step (the second phase of a `TwoPhase`) may be recorded.

    A `MemoryStep` is, if it is a backend's own and its arrays lie contiguous, so that no array function is called.

    >>> class Launch(Recordable):
    ...     def forward(self):
    ...         pass
    >>> is_recordable(Launch().forward), is_recordable(print)
    (True, False)
    """
    if isinstance(step, MemoryStep):
        return isinstance(getattr(step.method, "__self__", None), Backend) and _plain(step.arrays)
    return isinstance(step, Recordable) or isinstance(getattr(step, "__self__", None), Recordable)


def _plain(arrays: tuple[object, ...]) -> bool:
    """Contiguous, and all of one shape and type."""
    kinds = {(array.shape, array.dtype) for array in arrays}  # type: ignore[attr-defined]
    return len(kinds) == 1 and all(array.flags.c_contiguous for array in arrays)  # type: ignore[attr-defined]
