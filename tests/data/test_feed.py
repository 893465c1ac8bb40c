"""Feed: one batch ahead in a thread, errors brought over, no arrays made after the first."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from mocha_core.data.feed import Feed
from mocha_core.data.source import Source
from mocha_core.data.transformers import Scale, Transformer
from mocha_core.errors import DataError
from mocha_core.layers.hdf5_data import HDF5DataLayer
from mocha_core.specs import spec


class Counting(Source):
    """Batches 0, 1, 2, ...; an epoch has three. `filled` tells how far it has read, `bad` where it fails."""

    prefetch: ClassVar[bool] = True
    transforms = ((0, Scale(2.0)),)

    def __init__(self, bad: int = -1) -> None:
        self.shapes, self.epoch, self.next, self.bad, self.closed = ((2,),), 0, 0, bad, False
        self.filled = threading.Semaphore(0)
        self.threads: set[str] = set()

    def fill(self, out: tuple[Any, ...]) -> None:
        self.threads.add(threading.current_thread().name)
        if self.next == self.bad:
            raise DataError(f"batch {self.bad} is bad")
        out[0][...] = self.next
        self.next += 1
        self.epoch = self.next // 3
        self.filled.release()

    def state(self) -> dict[str, Any]:
        return {"next": self.next}

    def restore(self, state: dict[str, Any]) -> None:
        self.next = state["next"]
        self.epoch = self.next // 3

    def close(self) -> None:
        self.closed = True


class CountingHere(Counting):
    prefetch = False


@spec
class Drawing(Transformer):
    """Adds a random number to each sample."""

    draws: ClassVar[int] = 1

    def run(self, x: Any, out: Any, u: Any) -> None:
        out[...] = x + u[:, 0]


@pytest.mark.parametrize("kind", [Counting, CountingHere])
def test_batches_epochs_and_states(kind: type[Counting]) -> None:
    feed = Feed(kind(), "float64")
    assert (feed.epoch, feed.state()) == (0, {"next": 0})
    for number in range(7):
        (batch,) = feed.fetch()
        assert batch.tolist() == [2.0 * number] * 2
        assert batch is feed.last[0]
        assert (feed.epoch, feed.state()) == ((number + 1) // 3, {"next": number})
    feed.close()


@pytest.mark.parametrize("kind", [Counting, CountingHere])
def test_restore_repeats_the_last_batch(kind: type[Counting]) -> None:
    feed = Feed(kind(), "float32")
    for _ in range(4):
        feed.fetch()
    state = feed.state()
    feed.fetch()
    feed.restore(state)
    assert (feed.epoch, feed.state()) == (1, state)
    assert feed.fetch()[0][0] == 6.0
    feed.close()


class Batches(CountingHere):
    """Calls its position what the feed calls its own."""

    def state(self) -> dict[str, Any]:
        return {"batches": self.next}

    def restore(self, state: dict[str, Any]) -> None:
        self.next = state["batches"]


def test_a_source_gets_back_all_that_it_told() -> None:
    feed = Feed(Batches(), "float32")
    for _ in range(3):
        feed.fetch()
    feed.restore(feed.state())
    assert feed.fetch()[0][0] == 4.0
    feed.close()


@pytest.mark.parametrize("batches", ["x", -1])
def test_a_damaged_count_of_batches_is_told(batches: Any) -> None:
    source = CountingHere()
    source.transforms, source.owner = ((0, Drawing()),), "data"
    feed = Feed(source, "float32")
    with pytest.raises(DataError, match="layer 'data': the saved position has batches = "):
        feed.restore({"next": 0, "batches": batches})
    feed.close()


def test_the_next_batch_is_read_ahead_in_another_thread() -> None:
    source = Counting()
    feed = Feed(source, "float32")
    first = feed.fetch()[0]
    assert [source.filled.acquire(timeout=10) for _ in range(2)] == [True, True]
    assert first.tolist() == [0.0, 0.0]
    assert threading.current_thread().name not in source.threads
    feed.close()
    assert not [t for t in threading.enumerate() if t.name in source.threads]
    assert source.closed


def test_without_prefetch_nothing_is_read_before_it_is_wanted() -> None:
    source = CountingHere()
    feed = Feed(source, "float32")
    feed.fetch()
    assert source.next == 1
    assert source.threads == {threading.current_thread().name}
    feed.close()


@pytest.mark.parametrize("kind", [Counting, CountingHere])
def test_an_error_is_raised_by_the_fetch_of_its_batch_and_stays(kind: type[Counting]) -> None:
    feed = Feed(kind(bad=2), "float32")
    assert [feed.fetch()[0][0] for _ in range(2)] == [0.0, 2.0]
    for _ in range(2):
        with pytest.raises(DataError, match="batch 2 is bad"):
            feed.fetch()
    assert feed.state() == {"next": 1}
    feed.restore({"next": 0})
    assert feed.fetch()[0][0] == 0.0
    feed.close()


def test_nothing_fetched_nothing_last() -> None:
    feed = Feed(Counting(), "float32")
    with pytest.raises(DataError, match="no batch"):
        _ = feed.last
    feed.close()


def test_a_forgotten_feed_ends_its_thread() -> None:
    source = Counting()
    feed = Feed(source, "float32")
    feed.fetch()
    assert source.filled.acquire(timeout=10)
    assert source.filled.acquire(timeout=10)
    (thread,) = [t for t in threading.enumerate() if t.name in source.threads]
    gone = weakref.ref(feed)
    del feed
    gc.collect()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert gone() is None


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("stored", ["float32", "float64"])
def test_a_batch_costs_no_memory(make_list: Callable[..., Path], shuffle: bool, stored: str) -> None:
    batch = 5000
    layer = HDF5DataLayer(source=str(make_list([60000], dtype=stored)), batch_size=batch, shuffle=shuffle)
    feed = Feed(layer.open_source(seed=0), "float32")
    for _ in range(3):
        feed.fetch()
    nbytes = batch * 7 * np.dtype("float32").itemsize
    tracemalloc.start()
    try:
        feed.fetch()
        feed.close()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < nbytes / 2
