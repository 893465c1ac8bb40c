"""Data layers: what they read, in which order, and that it arrives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...backend import Backend
from ...blob import DTYPES, Blob, BlobSpec
from ..failure import CheckFailure
from ..sources import BATCH, DATA, SAMPLES, Host, SourceFamily


@dataclass(frozen=True)
class SourceTrial:
    """One check of one data layer."""

    family: SourceFamily
    check: Callable[[SourceFamily, Path, Backend], None]

    def __str__(self) -> str:
        return f"{self.family.layer.__name__}-{self.check.__name__}"

    def run(self, folder: Path, backend: Backend) -> None:
        """Raises `CheckFailure`."""
        self.check(self.family, folder, backend)


def batches_go_round(family: SourceFamily, folder: Path, backend: Backend) -> None:
    """In order and round and round; the epoch grows with the batch that holds the last sample, and that is told."""
    source = family.make(folder, False).open_source(0)
    for turn in range(6):
        rows = np.arange(turn * BATCH, (turn + 1) * BATCH)
        _expect(family, _next(source), [array[rows % SAMPLES] for array in DATA.values()])
        if source.epoch != rows[-1] // SAMPLES + (rows[-1] % SAMPLES == SAMPLES - 1):
            raise CheckFailure(f"{family.layer.__name__}: after samples {rows} the epoch is {source.epoch}")
        if source.within != min(BATCH, SAMPLES - rows[0] % SAMPLES):
            raise CheckFailure(
                f"{family.layer.__name__}: {source.within} of samples {rows} are said to be of one epoch"
            )
    source.close()


def a_position_is_found_again(family: SourceFamily, folder: Path, backend: Backend) -> None:
    """A source restored from the state of another, through JSON, reads on as that one does."""
    for shuffle in (False, True) if family.shuffles else (False,):
        layer = family.make(folder, shuffle)
        for batches in range(4):
            source, other = layer.open_source(1), layer.open_source(1)
            for _ in range(batches):
                _next(source)
            other.restore(json.loads(json.dumps(source.state())))
            for _ in range(3):
                _expect(family, _next(other), _next(source))
            source.close()
            other.close()


def shuffled_data_is_complete(family: SourceFamily, folder: Path, backend: Backend) -> None:
    """Shuffled: each epoch has every sample once, data and label together, in an order that the seed decides."""
    layer = family.make(folder, True)
    orders = {seed: [_order(family, layer.open_source(seed)) for _ in range(2)] for seed in range(4)}
    if any(first != second for first, second in orders.values()):
        raise CheckFailure(f"{family.layer.__name__}: two sources of one seed read in different orders")
    if len({tuple(first) for first, _ in orders.values()}) == 1:
        raise CheckFailure(f"{family.layer.__name__}: every seed gives the order {orders[0][0]}")


def batches_reach_the_backend(family: SourceFamily, folder: Path, backend: Backend) -> None:
    """Tops have the planned shapes and hold what was read."""
    layer = family.make(folder, False)
    specs = layer.plan(()).tops
    batch = [array[:BATCH] for array in DATA.values()]
    if family.holds_data:
        source = layer.open_source(0)
        first, batch = batch, _next(source)
        _expect(family, batch, first)
        source.close()
    for spec, values in zip(specs, batch, strict=True):
        for dtype in DTYPES:
            own = BlobSpec(spec.shape, dtype)
            blob = Blob(backend, own, backend.empty(own), "top")
            blob.set(values)
            _expect(family, [blob.to_array()], [values.astype(dtype)])


def source_trials(families: Sequence[SourceFamily], backend: str) -> list[SourceTrial]:
    """What to check on this backend; what only concerns the source is checked once, with the reference."""
    return [SourceTrial(family, check) for family in families for check in _checks(family, backend == "reference")]


def _checks(family: SourceFamily, of_source: bool) -> Iterator[Callable[[SourceFamily, Path, Backend], None]]:
    yield batches_reach_the_backend
    if of_source and family.holds_data:
        yield from (batches_go_round, a_position_is_found_again)
        if family.shuffles:
            yield shuffled_data_is_complete


def _next(source: Any) -> list[Host]:
    out = tuple(np.full(shape, np.nan) for shape in source.shapes)
    source.fill(out)
    return list(out)


def _order(family: SourceFamily, source: Any) -> list[int]:
    """Which samples the first whole epochs of SAMPLES batches hold."""
    batches = [_next(source) for _ in range(SAMPLES)]
    source.close()
    data, label = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    found = [int(np.flatnonzero((DATA["data"] == sample).all(axis=(1, 2)))[0]) for sample in data]
    _expect(family, [label], [DATA["label"][found]])
    for first in range(0, len(found), SAMPLES):
        if sorted(found[first : first + SAMPLES]) != list(range(SAMPLES)):
            raise CheckFailure(f"{family.layer.__name__}: shuffled, the samples of each epoch are not all: {found}")
    return found


def _expect(family: SourceFamily, got: list[Host], want: list[Host]) -> None:
    for mine, right in zip(got, want, strict=True):
        if not np.array_equal(mine, right):
            raise CheckFailure(f"{family.layer.__name__}: a batch holds {mine.tolist()} instead of {right.tolist()}")
