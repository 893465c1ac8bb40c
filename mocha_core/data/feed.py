"""Batches for one net, read one ahead in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from ..blob import Shape
from ..errors import DataError
from .pipeline import Pipeline
from .source import HostArray, Source, State

Arrays = tuple[HostArray, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as read: its arrays, the state before it, the source's epoch after it, and how many of its samples came
    before the end of an epoch.
    """

    arrays: Arrays
    before: State
    epoch: int
    within: int


class Feed:
    """Hands out a source's batches as arrays of the net's element type; the source belongs to the feed from now on.

    With `source.prefetch`, a thread fills and transforms the next batch while the last one is used; two sets of arrays
    take turns, so that nothing is allocated. An error met in the thread is raised by the `fetch` that needs that batch.

    dtype: element type of the arrays.
    empty: makes the arrays; a backend may give pinned memory here.
    """

    def __init__(self, source: Source, dtype: str, empty: Callable[[Shape, str], HostArray] = np.empty) -> None:
        self.source = source
        sets = 2 if source.prefetch else 1
        self._pipelines = [_pipeline(source, top, dtype) for top in range(len(source.shapes))]
        self._sets = [tuple(empty(pipeline.shape, dtype) for pipeline in self._pipelines) for _ in range(sets)]
        self._batches = 0
        self._pool = ThreadPoolExecutor(1, "mocha-feed") if source.prefetch else None
        self._start = self._position()
        self._batch: Batch | None = None
        self._ahead: Future[Batch] | None = None
        self._turn = 0
        self._closed = False

    def fetch(self) -> Arrays:
        """The next batch, one array per top; what it returned before may be overwritten from now on."""
        if self._closed:
            raise DataError("the data source is closed; build the net again to read on")
        if self._pool is None:
            self._batch = self._read(self._sets[0])
        else:
            self._ahead = self._ahead or self._read_ahead(self._pool)
            self._batch = self._ahead.result()
            self._ahead = self._read_ahead(self._pool)
        return self._batch.arrays

    @property
    def last(self) -> Arrays:
        """The batch that the last `fetch` returned."""
        return self._fetched().arrays

    @property
    def epoch(self) -> int:
        """How often the end of the data had been passed once the last fetched batch was complete."""
        return self.source.epoch if self._batch is None else self._batch.epoch

    @property
    def within(self) -> int:
        """How many samples of the last batch belong to the epoch in which it began."""
        return self._fetched().within

    def state(self) -> State:
        """The state that makes the next fetch return the same batch as the last one did (at first: the start)."""
        return dict(self._start if self._batch is None else self._batch.before)

    def restore(self, state: State) -> None:
        """Continue where `state()` was taken."""
        self._settle()
        self._go_to(state)
        self._start, self._batch = dict(state), None

    def give_back(self, used: int) -> None:
        """The last batch counts only as its first `used` samples: the next fetch begins with the one after them."""
        self._settle()
        self._go_to(self.state())
        self._fill(tuple(array[:used] for array in self._targets(self.last)))
        self._start, self._batch = self._position(), None

    def close(self) -> None:
        """Stop the thread, wait for it, close the source. Calling it twice is fine."""
        self._closed = True
        self._settle()
        if self._pool is not None:
            self._pool.shutdown()
        self.source.close()

    def _fetched(self) -> Batch:
        if self._batch is None:
            raise DataError("no batch has been read yet; call fetch() first")
        return self._batch

    def _read(self, arrays: Arrays) -> Batch:
        before, batch = self._position(), self._batches
        self._fill(self._targets(arrays))
        for pipeline, array in zip(self._pipelines, arrays, strict=True):
            pipeline.run(array, batch)
        within = len(arrays[0]) if self.source.within is None else self.source.within
        return Batch(arrays, before, self.source.epoch, within)

    def _targets(self, arrays: Arrays) -> Arrays:
        return tuple(pipeline.target(array) for pipeline, array in zip(self._pipelines, arrays, strict=True))

    def _fill(self, arrays: Arrays) -> None:
        self.source.fill(arrays)
        self._batches += 1

    def _position(self) -> State:
        """The source's; where transformers draw random numbers, also how many batches have been read."""
        counted = {"batches": self._batches} if self._draws else {}
        return {**self.source.state(), **counted}

    def _go_to(self, state: State) -> None:
        theirs = dict(state)
        batches = theirs.pop("batches", 0) if self._draws else 0
        if not isinstance(batches, int) or batches < 0:
            raise DataError(f"layer {self.source.owner!r}: the saved position has batches = {batches!r}")
        self.source.restore(theirs)
        self._batches = batches

    @property
    def _draws(self) -> bool:
        return any(pipeline.draws for pipeline in self._pipelines)

    def _read_ahead(self, pool: ThreadPoolExecutor) -> Future[Batch]:
        self._turn = 1 - self._turn
        return pool.submit(self._read, self._sets[self._turn])

    def _settle(self) -> None:
        if self._ahead is not None:
            wait([self._ahead])
            self._ahead = None


def _pipeline(source: Source, top: int, dtype: str) -> Pipeline:
    mine = [(number, t) for number, (index, t) in enumerate(source.transforms) if index == top]
    return Pipeline(mine, source.shapes[top], dtype, source.seed, source.owner)
