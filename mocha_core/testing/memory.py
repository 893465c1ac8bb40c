"""Checks of what every backend does besides layers: memory, copies, random numbers, running steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..backend import Backend
from ..blob import Blob, BlobSpec
from ..memory import Slot
from ..random import Stream
from .failure import CheckFailure
from .values import grid

MemoryCheck = Callable[[Backend, str], None]
SHAPES = ((), (7,), (3, 5), (2, 3, 5, 4))


def what_is_written_is_read(backend: Backend, dtype: str) -> None:
    """`set` and `to_array` of blobs of any number of dimensions; the copy on the host is the reader's own."""
    for shape in SHAPES:
        blob, values = _blob(backend, shape, dtype), grid(shape)
        blob.set(values)
        _expect(blob, values)
        blob.to_array().fill(0)
        _expect(blob, values)


def what_is_filled_is_read(backend: Backend, dtype: str) -> None:
    """`fill` and `zero`."""
    for shape in SHAPES:
        blob = _blob(backend, shape, dtype)
        blob.fill(-1.5)
        _expect(blob, np.full(shape, -1.5))
        backend.zero(blob.array)
        _expect(blob, np.zeros(shape))


def arrays_are_copied_and_added(backend: Backend, dtype: str) -> None:
    """`assign` and `add`; the source stays as it was."""
    for shape in SHAPES:
        first, second = _blob(backend, shape, dtype), _blob(backend, shape, dtype)
        first.set(grid(shape, 1))
        backend.assign(second.array, first.array)
        first.set(grid(shape, 2))
        _expect(second, grid(shape, 1))
        backend.add(second.array, first.array)
        _expect(second, grid(shape, 1) + grid(shape, 2))
        _expect(first, grid(shape, 2))


def scalars_are_read(backend: Backend, dtype: str) -> None:
    """`scalar` of an array with one element, of any number of dimensions."""
    for shape in ((), (1,), (1, 1)):
        blob = _blob(backend, shape, dtype)
        blob.set(np.full(shape, 0.375))
        found = backend.scalar(blob.array)
        if found != 0.375:
            raise CheckFailure(f"{backend.name}: scalar of an array of {shape} is {found} instead of 0.375")


def draws_are_the_streams(backend: Backend, dtype: str) -> None:
    """`draw` gives the stream's numbers, call after call, and counts the calls."""
    for shape in (shape for shape in SHAPES if shape):
        blob, mine, theirs = _blob(backend, shape, dtype), Stream(7, "layer", "draw/0"), Stream(7, "layer", "draw/0")
        for _ in range(2):
            backend.draw(theirs, blob)
            _expect(blob, mine.uniform(shape, dtype))
        if theirs.calls != mine.calls:
            raise CheckFailure(f"{backend.name}: after two draws the stream counts {theirs.calls} calls")


def arrays_alive_together_lie_apart(backend: Backend, dtype: str) -> None:
    """`allocate`: writing one array changes none that is needed at the same time; views show the same bytes."""
    lives = ((0, 3), (1, 2), (2, 5), (3, 4), (4, 6), (5, 6))
    slots = [Slot(BlobSpec((3 + k, 5), dtype), f"slot {k}", *life) for k, life in enumerate(lives)]
    slots.append(Slot(BlobSpec((5, 3), dtype), "view of slot 0", 0, 3, onto=0, view=True))
    arrays = [Blob(backend, s.spec, array, s.label) for s, array in zip(slots, backend.allocate(slots), strict=True)]
    for step in range(7):
        alive = [k for k, (first, last) in enumerate(lives) if first <= step <= last]
        for k in alive:
            arrays[k].set(grid(slots[k].spec.shape, k))
        for k in alive:
            _expect(arrays[k], grid(slots[k].spec.shape, k))


def steps_run_in_order(backend: Backend, dtype: str) -> None:
    """`compile` gives one call that runs every step once, in order, each time."""
    total, part = _blob(backend, (3, 5), dtype), _blob(backend, (3, 5), dtype)
    total.fill(1.0)
    part.set(grid((3, 5)))
    run = backend.compile(
        [lambda: backend.add(total.array, part.array), lambda: backend.assign(part.array, total.array)]
    )
    for _ in range(2):
        run()
    backend.sync()
    _expect(total, 2 * (1 + grid((3, 5))))


MEMORY_CHECKS: tuple[MemoryCheck, ...] = (
    what_is_written_is_read,
    what_is_filled_is_read,
    arrays_are_copied_and_added,
    scalars_are_read,
    draws_are_the_streams,
    arrays_alive_together_lie_apart,
    steps_run_in_order,
)


def _blob(backend: Backend, shape: tuple[int, ...], dtype: str) -> Blob:
    spec = BlobSpec(shape, dtype)
    return Blob(backend, spec, backend.empty(spec), f"blob of {spec}")


def _expect(blob: Blob, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    found = blob.to_array()
    if found.dtype != blob.dtype or not np.array_equal(found, values.astype(blob.dtype)):
        raise CheckFailure(f"{blob.backend.name}: {blob} holds {found} ({found.dtype}) instead of {values}")
