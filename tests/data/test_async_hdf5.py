"""AsyncHDF5DataLayer: the batches and epochs of HDF5DataLayer, shuffled file by file, chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mocha_core.data.feed import Feed
from mocha_core.layers.async_hdf5_data import AsyncHDF5DataLayer

from .reading import KINDS, labels

MakeList = Callable[..., Path]


def feed_on(listing: Path, batch_size: int, chunk_size: int, seed: int = 0, shuffle: bool = False, **options) -> Feed:
    layer = AsyncHDF5DataLayer(
        source=str(listing), batch_size=batch_size, chunk_size=chunk_size, shuffle=shuffle, **options
    )
    return Feed(layer.open_source(seed), "float32")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk_size", [1, 4, 100])
def test_files_of_5_1_2_in_batches_of_3(make_list: MakeList, kind: str, chunk_size: int) -> None:
    feed = feed_on(make_list([5, 1, 2], **KINDS[kind]), 3, chunk_size)
    assert labels(feed, 8) == [n % 8 for n in range(24)]
    assert feed.epoch == 3
    feed.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk_size", [1, 2, 100])
def test_shuffled_every_epoch_holds_every_sample_once(make_list: MakeList, kind: str, chunk_size: int) -> None:
    feed = feed_on(make_list([5, 1, 6], **KINDS[kind]), 4, chunk_size, seed=3, shuffle=True)
    epochs = [labels(feed, 3) for _ in range(4)]
    feed.close()
    assert [sorted(epoch) for epoch in epochs] == [list(range(12))] * 4
    assert len({tuple(epoch) for epoch in epochs}) == 4


@pytest.mark.parametrize(("samples", "batch"), [(6, 4), (4, 6)])
def test_shuffled_after_n_batches_every_sample_came_batch_size_times(
    make_list: MakeList, samples: int, batch: int
) -> None:
    feed = feed_on(make_list([samples]), batch, chunk_size=2, shuffle=True)
    assert np.bincount(labels(feed, samples)).tolist() == [batch] * samples
    assert feed.epoch == batch
    feed.close()


def test_files_then_chunks_then_samples_get_new_orders_each_epoch(make_list: MakeList) -> None:
    feed = feed_on(make_list([24, 24, 24]), 72, chunk_size=6, shuffle=True)
    files, chunks, samples = set(), set(), set()
    for _ in range(4):
        order = np.array(labels(feed, 1))
        by_chunk = order.reshape(12, 6)
        assert (by_chunk // 6 == by_chunk[:, :1] // 6).all()
        by_file = order.reshape(3, 24) // 24
        assert (by_file == by_file[:, :1]).all()
        files.add(tuple(by_file[:, 0]))
        first_file = order.reshape(3, 24)[by_file[:, 0] == 0].reshape(4, 6)
        chunks.add(tuple(first_file[:, 0] // 6))
        samples.add(tuple(first_file[first_file[:, 0] < 6][0]))
    feed.close()
    assert min(len(files), len(chunks)) > 1
    assert len(samples) == 4


def test_order_follows_from_seed_and_name(make_list: MakeList) -> None:
    listing = make_list([20, 20])

    def order(name: str, seed: int) -> list[int]:
        feed = feed_on(listing, 40, 8, seed, shuffle=True, name=name)
        read = labels(feed, 2)
        feed.close()
        return read

    assert order("a", 0) == order("a", 0)
    assert order("a", 0) != order("a", 1)
    assert order("a", 0) != order("b", 0)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("before", range(9))
def test_a_saved_state_reads_on_with_the_last_batch(make_list: MakeList, shuffle: bool, before: int) -> None:
    listing = make_list([5, 1, 2])
    first, second = (feed_on(listing, 3, 2, 5, shuffle) for _ in range(2))
    read = labels(first, before)
    labels(second, before // 2)  # so that another chunk may be on its way
    second.restore(json.loads(json.dumps(first.state())))
    again = labels(second, 7)
    assert again == read[-3:] + labels(first, 6 if before else 7)
    assert second.epoch == first.epoch
    first.close()
    second.close()


def test_orders_of_epochs_do_not_repeat_at_the_seams(make_list: MakeList) -> None:
    """Where the last chunk of an epoch is the first of the next, its samples still get a new order."""
    feed = feed_on(make_list([16]), 8, chunk_size=8, shuffle=True)
    halves = [tuple(labels(feed, 1)) for _ in range(40)]
    feed.close()
    seams = [(a, b) for a, b in list(pairwise(halves))[1::2] if set(a) == set(b)]
    assert seams
    assert all(a != b for a, b in seams)
