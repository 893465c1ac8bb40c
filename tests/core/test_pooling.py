"""PoolingLayer: the worked numbers, ties, NaN, borders, divisors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.pooling import PoolingLayer
from mocha_core.neurons import Neurons
from mocha_core.pooling import Pooling, PoolingFunction
from mocha_core.testing.values import grid

from .running import assert_gradient_is_slope, backward, forward, on_numpy_and_strict, plan

POOL = PoolingLayer(name="pool", kernel=2, stride=2, bottoms=["x"], tops=["y"])
MEAN = POOL.replace(pooling=Pooling.Mean())
NINE = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
GEOMETRY: list[dict[str, Any]] = [
    {},
    {"kernel": (3, 2), "stride": (2, 1)},
    {"kernel": (3, 4), "stride": (2, 3), "pad": (1, 2)},
    {"kernel": 1, "stride": 1},
]


@on_numpy_and_strict
@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (POOL, [[5, 6], [8, 9]]),
        (MEAN, [[3, 2.25], [3.75, 2.25]]),
        (MEAN.replace(pad=1), [[0.25, 1.25], [2.75, 7]]),
        (MEAN.replace(divisor="window"), [[3, 4.5], [7.5, 9]]),
        (POOL.replace(pad=1), [[1, 3], [7, 9]]),
    ],
    ids=["max", "mean", "mean-pad", "mean-window", "max-pad"],
)
def test_worked_numbers(xp: ModuleType, layer: PoolingLayer, expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(forward(xp, layer, [NINE])[0][0, 0], expected)


@on_numpy_and_strict
@pytest.mark.parametrize("options", GEOMETRY, ids=str)
@pytest.mark.parametrize("pooling", [Pooling.Max(), Pooling.Mean()], ids=repr)
@pytest.mark.parametrize("divisor", ["kernel", "window"])
def test_gradient_is_slope(xp: ModuleType, options: dict[str, Any], pooling: PoolingFunction, divisor: str) -> None:
    layer = POOL.replace(pooling=pooling, divisor=divisor, **options)
    assert_gradient_is_slope(xp, layer, [grid((2, 3, 6, 7))])


@on_numpy_and_strict
@pytest.mark.parametrize("pooling", [Pooling.Max(), Pooling.Mean()], ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_element_type(xp: ModuleType, pooling: PoolingFunction, dtype: str) -> None:
    x = grid((2, 3, 5, 4)).astype(dtype)
    layer = POOL.replace(pooling=pooling)
    (dx,), _ = backward(xp, layer, [x], forward(xp, layer, [x]))
    assert dx is not None
    assert dx.dtype == dtype


@on_numpy_and_strict
def test_several_bottoms_of_several_shapes(xp: ModuleType) -> None:
    layer = POOL.replace(bottoms=["a", "b"], tops=["c", "d"])
    assert_gradient_is_slope(xp, layer, [grid((2, 3, 6, 7)), grid((1, 2, 4, 3), seed=1)])
    x, y = grid((2, 3, 6, 8)), grid((2, 3, 3, 4))
    dxs, _ = backward(xp, layer, [x, x], [y, y], wants=(True, False))
    assert dxs[0] is not None
    assert dxs[1] is None


@on_numpy_and_strict
def test_the_first_maximum_in_row_order_takes_the_gradient(xp: ModuleType) -> None:
    tie = np.array([[[[1.0, 5.0, 0.0, 0.0], [5.0, 5.0, 0.0, 0.0]]]])
    (dx,), _ = backward(xp, POOL, [tie], [np.array([[[[3.0, 7.0]]]])])
    np.testing.assert_array_equal(dx, [[[[0, 3, 7, 0], [0, 0, 0, 0]]]])


@on_numpy_and_strict
def test_nan_wins_and_takes_the_gradient(xp: ModuleType) -> None:
    x = np.array([[[[1.0, 5.0, 2.0, 1.0], [np.nan, np.nan, 0.0, 0.0]]]])
    (y,) = forward(xp, POOL, [x])
    np.testing.assert_array_equal(y, [[[[np.nan, 2]]]])
    (dx,), _ = backward(xp, POOL, [x], [np.array([[[[3.0, 7.0]]]])])
    np.testing.assert_array_equal(dx, [[[[0, 0, 7, 0], [3, 0, 0, 0]]]])


@on_numpy_and_strict
def test_padding_never_takes_the_gradient(xp: ModuleType) -> None:
    lowest = np.full((1, 1, 2, 2), -np.inf)
    layer = POOL.replace(pad=1)
    (dx,), _ = backward(xp, layer, [lowest], [np.array([[[[1.0, 2.0], [3.0, 4.0]]]])])
    np.testing.assert_array_equal(dx, [[[[1, 2], [3, 4]]]])
    (y,) = forward(xp, layer, [np.full((1, 1, 2, 2), -3.0)])
    assert (y == -3).all()


def test_mean_reads_nothing_again_and_max_its_bottom() -> None:
    assert plan(MEAN, [NINE]).saves == frozenset()
    assert plan(POOL, [NINE]).saves == {"xs"}


def test_defaults() -> None:
    layer = PoolingLayer(bottoms=["x"], tops=["y"])
    assert (layer.name, layer.kernel, layer.stride, layer.pad) == ("pooling", 1, 1, 0)
    assert (layer.pooling, layer.divisor, layer.neuron) == (Pooling.Max(), "kernel", Neurons.Identity())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"pad": 2}, "pad 2 must be below kernel 2"),
        ({"pad": (0, 2)}, r"pad \(0, 2\) must be below kernel"),
        ({"stride": 0}, "layer 'pool': stride is a whole number of at least 1"),
        ({"divisor": "padded"}, 'divisor is "kernel" or "window"'),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        POOL.replace(**options)


def test_empty_windows_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"layer 'pool'.*height would start at 6 of 6 and be empty.*kernel, 1"):
        POOL.replace(kernel=1, stride=3).plan((BlobSpec((2, 3, 6, 7)),))


def test_bottoms_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="does not fit on 2 x 3 x 1 x 7"):
        POOL.replace(kernel=4, stride=1).plan((BlobSpec((2, 3, 1, 7)),))
    with pytest.raises(ShapeError, match="'x' is 2 x 21, and the layer reads images"):
        POOL.plan((BlobSpec((2, 21)),))
