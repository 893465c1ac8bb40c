"""PoolingLayer: rounding, the whole image as one window, and where the maxima are."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.pooling import PoolingLayer
from mocha_core.layers.square_loss import SquareLossLayer
from mocha_core.net import Net
from mocha_core.neurons import Neurons
from mocha_core.pooling import Pooling
from mocha_core.testing.backends import ReferenceBackend

from .layer_math import both_namespaces, check_gradient, forward, grid, plan_of, tolerance

POOL = PoolingLayer(name="pool", kernel=2, stride=2, bottoms=["x"], tops=["y"])
MASK = POOL.replace(mask=True, tops=["y", "where"])
X = grid(2, 3, 5, 4)


@both_namespaces
def test_rounding_down_leaves_out_what_fits_no_window(xp):
    (y,) = forward(POOL.replace(round_mode="floor"), xp, [X])
    (all_windows,) = forward(POOL, xp, [X])
    assert y.shape == (2, 3, 2, 2)
    assert all_windows.shape == (2, 3, 3, 2)
    np.testing.assert_array_equal(y, all_windows[:, :, :2])


@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_as_many_windows_as_fit(kernel, stride, pad):
    layer = POOL.replace(kernel=kernel, stride=stride, pad=pad, round_mode="floor")
    fit = [sum(start + kernel <= side + pad for start in range(-pad, side, stride)) for side in (5, 4)]
    assert plan_of(layer, [X]).tops[0].shape == (2, 3, *fit)


@both_namespaces
@pytest.mark.parametrize("divisor", ["kernel", "window"])
def test_the_whole_image_is_one_window(xp, divisor):
    whole = POOL.replace(kernel=1, stride=1, global_pooling=True, divisor=divisor)
    (largest,) = forward(whole, xp, [X])
    (mean,) = forward(whole.replace(pooling=Pooling.Mean()), xp, [X])
    np.testing.assert_array_equal(largest, X.max(axis=(2, 3), keepdims=True))
    np.testing.assert_allclose(mean, X.mean(axis=(2, 3), keepdims=True), rtol=0, atol=tolerance(20, 2.0))


def test_global_pooling_has_no_windows_to_choose():
    with pytest.raises(OptionError, match="leave out kernel, stride and pad"):
        POOL.replace(global_pooling=True)


@both_namespaces
@pytest.mark.parametrize("options", [{}, {"kernel": 3, "stride": 1, "pad": 1}, {"round_mode": "floor"}], ids=str)
def test_the_mask_says_where_in_the_image_each_maximum_is(xp, options):
    y, where = forward(MASK.replace(**options), xp, [X])
    assert where.dtype == X.dtype
    for index in np.ndindex(*y.shape):
        assert X[index[:2]].ravel()[int(where[index])] == y[index]


def test_of_equals_the_first_is_named():
    _, where = forward(MASK, np, [np.full((1, 1, 4, 4), 3.0)])
    assert where.ravel().tolist() == [0, 2, 8, 10]


def test_masks_come_after_all_other_tops():
    layer = MASK.replace(bottoms=["a", "b"], tops=["a2", "b2", "wa", "wb"])
    shapes = [top.shape for top in plan_of(layer, [grid(2, 3, 4, 4), grid(1, 2, 6, 2)]).tops]
    assert shapes == [(2, 3, 2, 2), (1, 2, 3, 1)] * 2


@both_namespaces
@pytest.mark.parametrize("options", [{"round_mode": "floor"}, {"kernel": 1, "stride": 1, "global_pooling": True}])
@pytest.mark.parametrize("pooling", [Pooling.Max(), Pooling.Mean()], ids=repr)
def test_gradients_are_slopes(xp, options, pooling):
    check_gradient(POOL.replace(pooling=pooling, **options), xp, [X])


def test_a_mask_in_a_net_with_a_neuron():
    data = MemoryDataLayer(name="data", tops=["x", "t"], data=[X, np.zeros((2, 3, 3, 2))], batch_size=2)
    layers = [data, MASK.replace(neuron=Neurons.ReLU()), SquareLossLayer(name="loss", bottoms=["y", "t"])]
    with Net("n", ReferenceBackend(), layers, dtype="float64", keep=["y", "where"], gradients=["x"]) as net:
        net.forward_backward()
        y, where, dx = net.blob("y").to_array(), net.blob("where").to_array(), net.diff("x").to_array()
    expected = np.zeros_like(X).reshape(2, 3, -1)
    for index in np.ndindex(*y.shape):
        expected[(*index[:2], int(where[index]))] += y[index] / 2
    np.testing.assert_allclose(dx.reshape(2, 3, -1), expected, rtol=0, atol=tolerance(4, 2.0))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"round_mode": "up"}, 'round_mode is "ceil" or "floor"'),
        ({"mask": True}, "needs 2 tops, got 1"),
        ({"mask": True, "tops": ["y", "w"], "pooling": Pooling.Mean()}, "mask=True is for pooling=Pooling.Max"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        POOL.replace(**options)
