"""HDF5DataLayer: what is read, in which order, and when an epoch ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mocha_core.data.feed import Feed
from mocha_core.data.transformers import Scale
from mocha_core.layers.hdf5_data import HDF5DataLayer

from .reading import KINDS, labels

MakeList = Callable[..., Path]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_files_of_5_1_2_in_batches_of_3(make_list: MakeList, kind: str, dtype: str) -> None:
    layer = HDF5DataLayer(source=str(make_list([5, 1, 2], **KINDS[kind])), batch_size=3)
    feed = Feed(layer.open_source(seed=0), dtype)
    assert labels(feed, 8) == [n % 8 for n in range(24)]
    assert feed.epoch == 3
    assert feed.last[0].dtype == dtype
    feed.close()


@pytest.mark.parametrize("kind", KINDS)
def test_shuffled_every_epoch_holds_every_sample_once(make_list: MakeList, kind: str) -> None:
    layer = HDF5DataLayer(source=str(make_list([5, 1, 6], **KINDS[kind])), batch_size=4, shuffle=True)
    feed = Feed(layer.open_source(seed=3), "float32")
    epochs = [labels(feed, 3) for _ in range(4)]
    feed.close()
    assert [sorted(epoch) for epoch in epochs] == [list(range(12))] * 4
    assert len({tuple(epoch) for epoch in epochs}) == 4


@pytest.mark.parametrize(("samples", "batch"), [(6, 4), (4, 6)])
def test_shuffled_after_n_batches_every_sample_came_batch_size_times(
    make_list: MakeList, samples: int, batch: int
) -> None:
    layer = HDF5DataLayer(source=str(make_list([samples])), batch_size=batch, shuffle=True)
    feed = Feed(layer.open_source(seed=1), "float32")
    read = labels(feed, samples)
    feed.close()
    assert np.bincount(read).tolist() == [batch] * samples
    assert feed.epoch == batch


def test_order_follows_from_seed_and_name(make_list: MakeList) -> None:
    listing = str(make_list([20, 20]))

    def order(name: str, seed: int) -> list[int]:
        feed = Feed(HDF5DataLayer(name=name, source=listing, batch_size=40, shuffle=True).open_source(seed), "float32")
        read = labels(feed, 2)
        feed.close()
        return read

    assert order("a", 0) == order("a", 0)
    assert order("a", 0) != order("a", 1)
    assert order("a", 0) != order("b", 0)


def test_files_change_their_order_from_epoch_to_epoch(make_list: MakeList) -> None:
    layer = HDF5DataLayer(source=str(make_list([1] * 6)), batch_size=6, shuffle=True)
    feed = Feed(layer.open_source(seed=0), "float32")
    orders = {tuple(labels(feed, 1)) for _ in range(4)}
    feed.close()
    assert len(orders) == 4


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("before", range(6))
def test_a_saved_state_reads_on_with_the_last_batch(make_list: MakeList, shuffle: bool, before: int) -> None:
    layer = HDF5DataLayer(source=str(make_list([5, 1, 2])), batch_size=3, shuffle=shuffle)
    first, second = (Feed(layer.open_source(seed=5), "float32") for _ in range(2))
    read = labels(first, before)
    second.restore(first.state())
    again = labels(second, 5)
    expected = read[-3:] + labels(first, 4 if before else 5)
    assert again == expected
    assert second.epoch == first.epoch
    first.close()
    second.close()


def test_transformers_run_in_order(make_list: MakeList) -> None:
    layer = HDF5DataLayer(
        source=str(make_list([4])),
        batch_size=4,
        transformers=[("data", Scale(2.0)), ("label", Scale(0.5)), ("data", Scale(3.0))],
    )
    feed = Feed(layer.open_source(seed=0), "float32")
    data, label = feed.fetch()
    assert data[:, 0, 0].tolist() == [0, 6, 12, 18]
    assert label[:, 0].tolist() == [0, 0.5, 1, 1.5]
    feed.close()


def test_paths_count_from_the_working_directory_then_from_the_list(
    make_list: MakeList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_list([3])
    listing = tmp_path / "relative.txt"
    listing.write_text("\n  part0.h5  \n\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    layer = HDF5DataLayer(source=str(listing), batch_size=3)
    assert [top.shape for top in layer.plan(()).tops] == [(3, 2, 3), (3, 1)]
    (elsewhere / "part0.h5").write_text("not HDF5: the nearer file is taken")
    with pytest.raises(ValueError, match="cannot be read as HDF5"):
        layer.plan(())


def test_files_are_closed(make_list: MakeList, tmp_path: Path) -> None:
    layer = HDF5DataLayer(source=str(make_list([2, 2], compression="gzip")), batch_size=3)
    feed = Feed(layer.open_source(seed=0), "float32")
    feed.fetch()
    feed.close()
    feed.close()
    import h5py

    with h5py.File(tmp_path / "part0.h5", "r+"), h5py.File(tmp_path / "part1.h5", "r+"):
        pass
    with pytest.raises(ValueError, match="closed"):
        feed.fetch()
