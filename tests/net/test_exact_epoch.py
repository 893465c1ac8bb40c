"""forward_epoch(exact=True): every sample counts once, whatever the batch size."""

from __future__ import annotations

import gc
import weakref
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    AsyncHDF5DataLayer,
    BatchNormLayer,
    ConcatLayer,
    DropoutLayer,
    HDF5DataLayer,
    HDF5OutputLayer,
    InnerProductLayer,
    InputLayer,
    MemoryDataLayer,
    MemoryOutputLayer,
    Net,
    SoftmaxLossLayer,
)
from mocha_core.backend import Backend
from mocha_core.errors import OptionError, ShapeError

RNG = np.random.default_rng(0)
X, LABEL = RNG.normal(size=(10, 3)), RNG.integers(0, 2, (10, 1))
SIZES = [1, 3, 4, 5, 6, 10, 11, 25]


def body() -> list[Any]:
    return [
        InnerProductLayer(name="ip", output_dim=2, bottoms=["data"], tops=["ip"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
        AccuracyLayer(name="accuracy", bottoms=["ip", "label"]),
        MemoryOutputLayer(name="seen", bottoms=["data", "ip"]),
    ]


def memory(batch_size: int, **options: Any) -> MemoryDataLayer:
    return MemoryDataLayer(name="data", data=[X, LABEL], batch_size=batch_size, **options)


def net_on(backend: Backend, data: Any, *more: Any) -> Net:
    return Net("n", backend, [data, *body(), *more], phase="test", dtype="float64")


def seen(net: Net, bottom: int = 0) -> np.ndarray[Any, Any]:
    return np.concatenate(net.outputs("seen", bottom))


@pytest.mark.parametrize("batch_size", SIZES)
def test_statistics_are_those_of_one_large_batch(backend: Backend, batch_size: int) -> None:
    whole, net = net_on(backend, memory(10)), net_on(backend, memory(batch_size))
    whole.forward_epoch()
    for _ in range(3):
        net.reset_statistics()
        net.forward_epoch(exact=True)
        assert net.statistics() == pytest.approx(whole.statistics(), rel=1e-12)
        assert "avg over 10" in net.statistic_lines()[0]
    np.testing.assert_array_equal(seen(net), np.tile(X, (3, 1)))
    np.testing.assert_allclose(seen(net, 1), np.tile(seen(whole, 1), (3, 1)), rtol=1e-12)
    assert net.epoch == 3


@pytest.mark.parametrize("kind", [HDF5DataLayer, AsyncHDF5DataLayer])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [3, 5, 11])
def test_files_of_4_1_5(backend: Backend, tmp_path: Path, kind: Any, shuffle: bool, batch_size: int) -> None:
    bounds = (0, 4, 5, 10)
    for start, stop in pairwise(bounds):
        with h5py.File(tmp_path / f"{start}.h5", "w") as file:
            file["data"], file["label"] = X[start:stop], LABEL[start:stop]
    (tmp_path / "list.txt").write_text("".join(f"{start}.h5\n" for start in bounds[:-1]))
    net = net_on(backend, kind(name="data", source=str(tmp_path / "list.txt"), batch_size=batch_size, shuffle=shuffle))
    for epoch in range(1, 4):
        net.reset_outputs()
        net.forward_epoch(exact=True)
        read = seen(net)
        assert sorted(read.tolist()) == sorted(X.tolist())
        assert shuffle or read.tolist() == X.tolist()
        assert net.epoch == epoch
    net.close()


def test_otherwise_the_last_batch_is_filled_up(backend: Backend) -> None:
    net = net_on(backend, memory(4))
    net.forward_epoch()
    np.testing.assert_array_equal(seen(net), [*X, *X[:2]])
    assert "avg over 12" in net.statistic_lines()[0]


def test_the_next_forward_and_a_saved_position_begin_with_the_first_sample(backend: Backend) -> None:
    net, other = (net_on(backend, memory(4)) for _ in range(2))
    net.forward_epoch(exact=True)
    other.restore_data(net.data_state())
    for each in (net, other):
        each.reset_outputs()
        each.forward()
        np.testing.assert_array_equal(seen(each), X[:4])


def test_from_the_middle_of_an_epoch_to_its_end(backend: Backend) -> None:
    net = net_on(backend, memory(4))
    net.forward()
    net.forward_epoch(exact=True)
    np.testing.assert_array_equal(seen(net), X)


def test_an_output_file_has_every_sample_once(backend: Backend, tmp_path: Path) -> None:
    path = tmp_path / "out.h5"
    with net_on(backend, memory(4), HDF5OutputLayer(filename=str(path), bottoms=["data", "label"])) as net:
        net.forward_epoch(exact=True)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["data"], X)
        np.testing.assert_array_equal(file["label"], LABEL)


def test_what_the_net_learns_later_is_used_for_the_last_samples_too(backend: Backend) -> None:
    net = net_on(backend, memory(4))
    net.forward_epoch(exact=True)
    weight = net.all_parameters[0]
    weight.load(2 * weight.blob.to_array())
    net.reset_outputs()
    net.forward_epoch(exact=True)
    np.testing.assert_allclose(seen(net, 1), X @ weight.blob.to_array().T, rtol=1e-12)


def test_what_is_frozen_stays_in_the_last_samples_too(backend: Backend) -> None:
    norm = BatchNormLayer(name="bn", bottoms=["data"], tops=["bn"], moving_average=0.5)
    ip, loss = body()[:2]
    source = MemoryDataLayer(data=[X, LABEL], batch_size=4)
    net = Net("n", backend, [source, norm, ip.replace(bottoms=["bn"]), loss])
    net.init()
    net.freeze("bn")
    net.forward_epoch(exact=True)
    count = next(p for p in net.all_parameters if p.path == "bn___count")
    assert count.blob.to_array() == 0
    net.unfreeze("bn")
    net.forward_epoch(exact=True)
    assert count.blob.to_array() == 1 + 0.5 + 0.25


def test_two_data_layers_stay_together(backend: Backend) -> None:
    """The second has 7 samples for the 10 of the first, and goes on where it was."""
    other = MemoryDataLayer(name="other", data=[np.arange(7.0)[:, None]], tops=["number"], batch_size=4)
    both = ConcatLayer(name="both", bottoms=["data", "number"], tops=["both"])
    net = net_on(backend, memory(4), other, both, MemoryOutputLayer(name="numbers", bottoms=["number", "both"]))
    for _ in range(2):
        net.forward_epoch(exact=True)
    assert np.concatenate(net.outputs("numbers"))[:, 0].tolist() == [n % 7 for n in range(20)]
    np.testing.assert_array_equal(np.concatenate(net.outputs("numbers", 1))[:, :3], np.tile(X, (2, 1)))


def test_dropout_draws_on_in_the_smaller_net(backend: Backend) -> None:
    drop = DropoutLayer(name="drop", ratio=0.5, bottoms=["data"], tops=["dropped"])
    keep = MemoryOutputLayer(name="dropped-out", bottoms=["dropped"])
    ones = MemoryDataLayer(name="data", data=[np.ones((6, 64)), LABEL[:6]], batch_size=4)
    net = Net("n", backend, [ones, *body(), drop, keep], dtype="float64")
    for _ in range(2):
        net.forward_epoch(exact=True)
    masks = [forward != 0 for forward in net.outputs("dropped-out")]
    assert [len(mask) for mask in masks] == [4, 2, 4, 2]
    assert len({mask[0].tobytes() for mask in masks}) == 4
    assert set(net.random_state().values()) == {3}


def test_a_closed_net_lets_go_of_the_smaller_one(backend: Backend) -> None:
    net = net_on(backend, memory(4))
    net.forward_epoch(exact=True)
    smaller = weakref.ref(net._rest._of(2))
    net.close()
    gc.collect()
    assert smaller() is None


def test_what_cannot_be_cut_is_told(backend: Backend) -> None:
    other = MemoryDataLayer(name="other", data=[np.zeros(5)], tops=["number"], batch_size=5)
    with pytest.raises(OptionError, match=r"differ in batch_size.*'data': 4, 'other': 5.*exact=False"):
        net_on(backend, memory(4), other).forward_epoch(exact=True)
    fixed = InputLayer(name="fixed", tops=["more"], shapes=[(4, 1)])
    both = ConcatLayer(name="both", bottoms=["data", "more"], tops=["both"])
    with pytest.raises(ShapeError, match=r"the last 2 samples of the data.*'both'.*exact=False"):
        net_on(backend, memory(4), fixed, both).forward_epoch(exact=True)
