"""DummyDataLayer, and SilenceLayer."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mocha_caffe.layers import DummyDataLayer, SilenceLayer
from mocha_core import (
    ConstantInitializer,
    GaussianInitializer,
    InnerProductLayer,
    Net,
    OptionError,
    ParameterStore,
    PowerLayer,
    SquareLossLayer,
    UniformInitializer,
)
from mocha_core.testing import ReferenceBackend

DATA = DummyDataLayer(
    name="dummy",
    tops=["x", "t"],
    shapes=[(4, 3), (4, 2)],
    fillers=[GaussianInitializer(std=2.0), ConstantInitializer(0.5)],
)


def batches(source, count):
    out = [tuple(np.full(shape, np.nan) for shape in source.shapes) for _ in range(count)]
    for arrays in out:
        source.fill(arrays)
    return out


def test_random_fillers_fill_anew_and_constants_stay():
    (first, constant), (second, same) = batches(DATA.open_source(0), 2)
    assert len(np.intersect1d(first, second)) == 0
    assert (constant == 0.5).all()
    assert (same == 0.5).all()


def test_of_one_seed_and_name_the_numbers_are_the_same():
    mine, again, other = (batches(DATA.open_source(seed), 1)[0][0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(mine, again)
    assert not np.array_equal(mine, other)


def test_a_position_is_found_again():
    source, other = DATA.open_source(3), DATA.open_source(3)
    batches(source, 5)
    other.restore(json.loads(json.dumps(source.state())))
    np.testing.assert_array_equal(batches(source, 1)[0][0], batches(other, 1)[0][0])


def test_the_tops_of_one_filler_differ():
    both = DummyDataLayer(tops=["a", "b"], shapes=[(5, 3)], fillers=[UniformInitializer(-1.0, 1.0)])
    ((a, b),) = batches(both.open_source(0), 1)
    assert a.shape == b.shape == (5, 3)
    assert not np.array_equal(a, b)


def test_in_a_net_an_epoch_is_a_batch():
    backend = ReferenceBackend()
    layers = [
        DATA,
        InnerProductLayer(name="ip", output_dim=2, bottoms=["x"], tops=["y"]),
        SquareLossLayer(name="loss", bottoms=["y", "t"]),
        SilenceLayer(name="quiet", bottoms=["y", "t"]),
    ]
    with Net("n", backend, layers, dtype="float64", parameters=ParameterStore(backend)) as net:
        net.init()
        losses = [net.forward_backward() for _ in range(3)]
        net.forward_epoch()
        assert net.epoch == 4
    assert len(set(losses)) == 3


def test_a_net_goes_on_with_the_batch_that_was_saved():
    backend = ReferenceBackend()
    layers = [DATA, SquareLossLayer(name="loss", bottoms=["x", "t2"]), PowerLayer(bottoms=["x"], tops=["t2"], power=2)]
    with Net("n", backend, layers, dtype="float64", parameters=ParameterStore(backend)) as net:
        losses = [net.forward() for _ in range(3)]
        net.restore_data(json.loads(json.dumps(net.data_state())))
        assert net.forward() == losses[2] != losses[1]


def test_what_nobody_but_silence_reads_gets_no_gradient_and_does_no_harm():
    backend = ReferenceBackend()
    with_loss = [
        InnerProductLayer(name="ip", output_dim=2, bottoms=["x"], tops=["y"]),
        SquareLossLayer(name="loss", bottoms=["y", "t"]),
    ]
    unread = InnerProductLayer(name="unread", output_dim=3, bottoms=["x"], tops=["z"])
    quiet = SilenceLayer(name="quiet", bottoms=["z"])
    with Net("n", backend, [DATA, *with_loss, unread, quiet], parameters=ParameterStore(backend)) as net:
        net.init()
        assert np.isfinite(net.forward_backward())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"bottoms": ["x"]}, "needs no bottoms"),
        ({"shapes": [(4, 3)] * 3}, "shapes are one for each of 2 tops, or one for all, not 3"),
        ({"shapes": [(0, 3), (4, 2)]}, r"the shape \(0, 3\) of top 'x' must be positive sizes"),
        ({"fillers": [0.5]}, r"fillers are initializers such as ConstantInitializer\(0\.5\), not 0\.5"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        DATA.replace(**options)
