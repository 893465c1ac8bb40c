from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.channel_pooling import ChannelPoolingLayer
from mocha_core.pooling import Pooling

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

LAYER = ChannelPoolingLayer(name="pool", kernel=3, stride=2, pad=(2, 2), bottoms=["x"], tops=["y"])
SIZES = [
    (10, 3, 2, (2, 2), 6),
    (7, 3, 2, (2, 2), 5),
    (13, 3, 2, (2, 2), 8),
    (8, 3, 2, (2, 2), 5),
    (5, 2, 3, (0, 0), 2),
    (6, 1, 3, (0, 0), 2),
    (4, 4, 1, (1, 2), 4),
]
"""Worked numbers of the reference: channels, kernel, stride, pad -> size of the top."""


@pytest.mark.parametrize(("channels", "kernel", "stride", "pad", "out"), SIZES)
def test_sizes(channels, kernel, stride, pad, out):
    layer = LAYER.replace(kernel=kernel, stride=stride, pad=pad)
    assert plan_of(layer, [grid(2, channels, 3)]).tops[0].shape == (2, out, 3)


@both_namespaces
@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("axis", [1, 2, -1])
@pytest.mark.parametrize(("channels", "kernel", "stride", "pad", "out"), SIZES)
def test_each_window(xp, kind, axis, channels, kernel, stride, pad, out):
    shape = [2, 3, 4]
    shape[axis] = channels
    x = grid(*shape)
    pooling = Pooling.Max() if kind == "max" else Pooling.Mean()
    layer = LAYER.replace(kernel=kernel, stride=stride, pad=pad, axis=axis, pooling=pooling)
    (y,) = forward(layer, xp, [x])
    lines, found = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    for index in np.ndindex(*found.shape):
        start = index[-1] * stride - pad[0]
        window = lines[index[:-1]][max(start, 0) : min(start + kernel, channels)]
        expected = window.max() if kind == "max" else window.sum() / kernel
        assert found[index] == pytest.approx(expected, abs=tolerance(kernel, 2.0))


@both_namespaces
@pytest.mark.parametrize("pooling", [Pooling.Max(), Pooling.Mean()], ids=repr)
@pytest.mark.parametrize("axis", [1, -1])
def test_gradient_is_the_slope(xp, pooling, axis):
    check_gradient(LAYER.replace(pooling=pooling, axis=axis, pad=(1, 2)), xp, [grid(2, 5, 3, 4)])


def test_the_gradient_of_a_tie_goes_to_the_first():
    (dx,) = backward(LAYER.replace(stride=3, pad=0), np, [np.ones((1, 6))], [np.array([[2.0, 3.0]])])
    assert dx.tolist() == [[2, 0, 0, 3, 0, 0]]


def test_padding_never_wins_and_nan_does():
    x = np.array([[-5.0, -3.0, np.nan, -4.0]])
    (y,) = forward(LAYER.replace(kernel=2, pad=(1, 0)), np, [x])
    np.testing.assert_array_equal(y, [[-5, np.nan, -4]])


def test_one_number_pads_both_ends():
    assert LAYER.replace(pad=2) == LAYER


@pytest.mark.parametrize("pad", [3, (0, 3), (-1, 0), (1,), (1, 1, 1)])
def test_pad_is_below_the_kernel(pad):
    with pytest.raises(OptionError, match=r"two numbers \(front, back\) from 0 to below kernel=3"):
        LAYER.replace(pad=pad)


@pytest.mark.parametrize("options", [{"kernel": 0, "pad": 0}, {"stride": 0}])
def test_kernel_and_stride_are_positive(options):
    with pytest.raises(OptionError, match="must be at least 1"):
        LAYER.replace(**options)


def test_not_along_the_batch():
    with pytest.raises(ShapeError, match="is the batch"):
        plan_of(LAYER.replace(axis=0), [grid(4, 5)])


def test_the_kernel_must_fit():
    with pytest.raises(ShapeError, match=r"kernel=9 with pad=\(0, 0\) does not fit on 4 x 5 along axis 1"):
        plan_of(LAYER.replace(kernel=9, pad=0), [grid(4, 5)])
