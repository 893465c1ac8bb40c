"""How AsyncHDF5DataLayer reads: in a thread of its own, two chunks in memory at most, files closed, faults told."""

from __future__ import annotations

import gc
import logging
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core.data import block_reader
from mocha_core.data.block_reader import BlockReader
from mocha_core.data.feed import Feed
from mocha_core.errors import DataError, OptionError
from mocha_core.layers.async_hdf5_data import AsyncHDF5DataLayer

from .faults import BAD, GOOD, write
from .reading import labels

MakeList = Callable[..., Path]
PATIENCE = 30
"""Seconds until a test gives up waiting for another thread."""


def layer_on(listing: Path, **options: Any) -> AsyncHDF5DataLayer:
    return AsyncHDF5DataLayer(**{"name": "train", "source": str(listing), "batch_size": 2, "chunk_size": 4, **options})


def readers_since(before: list[threading.Thread]) -> list[threading.Thread]:
    """Threads that read data, without those of nets that nobody has closed yet."""
    now = (thread for thread in threading.enumerate() if thread not in before)
    return [thread for thread in now if thread.name.startswith(("mocha-blocks", "mocha-feed"))]


class Gate:
    """Holds up the reading of one chunk, given by its first sample, until it is opened."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.reached, self.open = threading.Event(), threading.Event()
        self.read: list[tuple[str, int]] = []

    def __call__(self, reader: BlockReader, block: Any, buffers: Any) -> Any:
        self.read.append((threading.current_thread().name, block.start))
        if block.start == self.start:
            self.reached.set()
            assert self.open.wait(PATIENCE)
        return READ(reader, block, buffers)


READ = BlockReader.read


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(start=4)
    monkeypatch.setattr(BlockReader, "read", lambda *args: gate(*args))
    yield gate
    gate.open.set()


def test_a_chunk_is_used_while_the_next_one_is_read(make_list: MakeList, gate: Gate) -> None:
    feed = Feed(layer_on(make_list([12])).open_source(0), "float32")
    assert labels(feed, 1) == [0, 1]
    assert gate.reached.wait(PATIENCE)
    assert labels(feed, 1) == [2, 3]
    assert [start for _, start in gate.read] == [0, 4]
    assert all(name.startswith("mocha-blocks") for name, _ in gate.read)
    gate.open.set()
    assert labels(feed, 4) == list(range(4, 12))
    feed.close()


def test_what_fits_into_one_chunk_is_read_once(make_list: MakeList, gate: Gate) -> None:
    feed = Feed(layer_on(make_list([4]), shuffle=True).open_source(0), "float32")
    labels(feed, 20)
    feed.close()
    assert len(gate.read) == 1


def test_closing_ends_the_threads_and_the_read_they_are_in(
    make_list: MakeList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_reader, "PIECE", 1)
    before = threading.enumerate()
    source = layer_on(make_list([12]), chunk_size=6).open_source(0)
    started, go_on = threading.Event(), threading.Event()
    pieces = block_reader.pieces

    def held(start: int, stop: int, step: int) -> Iterator[tuple[int, int]]:
        for number, piece in enumerate(pieces(start, stop, step)):
            if (start, number) == (6, 2):
                started.set()
                assert go_on.wait(PATIENCE)
            yield piece

    monkeypatch.setattr(block_reader, "pieces", held)
    feed = Feed(source, "float32")
    feed.fetch()
    assert started.wait(PATIENCE)
    ahead = source._ahead
    closing = threading.Thread(target=feed.close)
    closing.start()
    assert source._reader._stop.wait(PATIENCE)
    go_on.set()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    with pytest.raises(DataError, match="closed"):
        ahead.arrays.result()
    assert not readers_since(before)


def test_a_forgotten_feed_ends_its_threads(make_list: MakeList) -> None:
    before = threading.enumerate()
    feed = Feed(layer_on(make_list([12])).open_source(0), "float32")
    feed.fetch()
    threads = readers_since(before)
    assert len(threads) == 2
    del feed
    gc.collect()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "chunks": (100, 256)}])
@pytest.mark.parametrize("stored", ["uint8", "float32"])
@pytest.mark.parametrize("shuffle", [False, True])
def test_memory_is_bounded_and_a_lowered_chunk_size_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, shuffle: bool, stored: str, options: dict[str, Any]
) -> None:
    caplog.set_level(logging.INFO, "mocha")
    limit, samples = 1 << 20, 20_000
    chunk = limit // 2 // (256 * np.dtype(stored).itemsize)
    with h5py.File(tmp_path / "large.h5", "w") as file:
        file.create_dataset("data", (samples, 256), stored, **options)
    (tmp_path / "list.txt").write_text("large.h5")
    layer = layer_on(tmp_path / "list.txt", tops=["data"], shuffle=shuffle, max_bytes=limit, chunk_size=10**6)
    tracemalloc.start()
    try:
        feed = Feed(layer.open_source(0), "float32")
        for _ in range(5 * chunk // 2):
            feed.fetch()
        feed.close()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "'train'" in caplog.text
    assert f"chunks of {chunk} samples" in caplog.text
    assert limit < peak < 1.5 * limit


def open_files() -> int:
    return int(h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE))


def test_one_file_is_open_at_a_time_and_none_afterwards(make_list: MakeList, tmp_path: Path) -> None:
    feed = Feed(layer_on(make_list([4, 4, 4], compression="gzip")).open_source(0), "float32")
    elsewhere = open_files()
    for _ in range(9):
        feed.fetch()
        assert open_files() <= elsewhere + 1
    feed.close()
    feed.close()
    assert open_files() <= elsewhere
    for number in range(3):
        with h5py.File(tmp_path / f"part{number}.h5", "r+"):
            pass


@pytest.mark.parametrize("what", [*BAD, "other shape"])
def test_a_bad_file_is_refused_before_training(tmp_path: Path, what: str) -> None:
    other_shape = {**GOOD, "data": np.zeros((4, 3, 2))}
    datasets, said = BAD.get(what, (other_shape, ["'data'", "(3, 2)", "(2, 3)", "good.h5"]))
    listing = tmp_path / "list.txt"
    listing.write_text(f"{write(tmp_path / 'good.h5', GOOD)}\n{write(tmp_path / 'bad.h5', datasets)}")
    with pytest.raises(DataError) as error:
        layer_on(listing).open_source(0)
    for word in ["'train'", "list.txt", "bad.h5", *said]:
        assert word in str(error.value)


def test_a_file_that_changes_its_length_is_told_by_the_fetch_that_needs_it(make_list: MakeList, tmp_path: Path) -> None:
    listing = make_list([4, 4])
    feed = Feed(layer_on(listing).open_source(0), "float32")
    write(tmp_path / "part1.h5", {name: array[:3] for name, array in GOOD.items()})
    assert labels(feed, 2) == [0, 1, 2, 3]
    for _ in range(2):
        with pytest.raises(DataError, match=r"'train'.*part1\.h5 holds 3 samples, 4 when the net was built"):
            feed.fetch()
    make_list([4, 4])
    feed.restore({"epoch": 0, "part": 1, "sample": 0, "parts": 2, "chunk_size": 4})
    assert labels(feed, 1) == [4, 5]
    feed.close()


def test_a_position_of_other_chunks_is_refused(make_list: MakeList) -> None:
    listing = make_list([6])
    first, second = (Feed(layer_on(listing, chunk_size=size).open_source(0), "float32") for size in (4, 5))
    with pytest.raises(DataError, match=r"'train'.*chunks of 4 samples, chunk_size and max_bytes now give 5"):
        second.restore(first.state())
    first.close()
    second.close()


@pytest.mark.parametrize("options", [{"chunk_size": 0}, {"max_bytes": -1}, {"batch_size": 0}])
def test_impossible_options(options: dict[str, int]) -> None:
    with pytest.raises(OptionError, match=f"'train'.*{next(iter(options))} is"):
        layer_on(Path("list.txt"), **options)


def test_defaults() -> None:
    layer = AsyncHDF5DataLayer(source="list.txt", batch_size=3)
    assert (layer.name, layer.chunk_size, layer.shuffle, layer.tops) == ("hdf5-data", 2**20, False, ("data", "label"))
