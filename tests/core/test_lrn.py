"""LRNLayer: the worked numbers, both neighbourhoods, borders."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.errors import OptionError, ShapeError
from mocha_core.layer import Values
from mocha_core.layers.lrn import LRNLayer, LRNMode
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid

from .running import Host, assert_gradient_is_slope, backward, forward, on_numpy_and_strict, plan

LRN = LRNLayer(bottoms=["x"], tops=["y"])
WITHIN = LRN.replace(mode=LRNMode.WithinChannel())
CASES = [
    LRN,
    LRN.replace(kernel=4, scale=0.7, shift=2.0, power=0.6),
    LRN.replace(kernel=1),
    LRN.replace(kernel=9, power=1.0),
    WITHIN.replace(kernel=3, scale=0.7, shift=2.0, power=0.6),
    WITHIN.replace(kernel=7),
]
on_cases = pytest.mark.parametrize("layer", CASES, ids=repr)


def by_loops(layer: LRNLayer, x: Host) -> Host:
    """The formula of the docstring, element by element."""
    back, ahead, n = (layer.kernel - 1) // 2, layer.kernel // 2 + 1, layer.kernel
    y = np.empty_like(x)
    for c, j, k in np.ndindex(*x.shape[1:]):
        near = x[:, max(0, c - back) : c + ahead, j, k].reshape(len(x), -1)
        if layer.mode == LRNMode.WithinChannel():
            near = x[:, c, max(0, j - back) : j + ahead, max(0, k - back) : k + ahead].reshape(len(x), -1)
            n = layer.kernel**2
        y[:, c, j, k] = x[:, c, j, k] / (layer.shift + layer.scale / n * (near**2).sum(axis=1)) ** layer.power
    return y


@on_numpy_and_strict
@pytest.mark.parametrize(
    ("kernel", "expected"),
    [(3, [0.479207, 0.544546, 0.508276, 0.749087]), (4, [0.323661, 0.401759, 0.616284, 0.905329])],
)
def test_worked_numbers(xp: ModuleType, kernel: int, expected: list[float]) -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1, 1)
    (y,) = forward(xp, LRN.replace(kernel=kernel), [x])
    np.testing.assert_allclose(y.ravel(), expected, rtol=0, atol=0.5e-6)


@on_numpy_and_strict
@on_cases
def test_values(xp: ModuleType, layer: LRNLayer) -> None:
    x = 3 * grid((2, 6, 4, 5))
    expected = by_loops(layer, x)
    np.testing.assert_allclose(forward(xp, layer, [x])[0], expected, rtol=0, atol=tolerance("float64", 49, 3))


@on_numpy_and_strict
@on_cases
def test_gradient_is_slope(xp: ModuleType, layer: LRNLayer) -> None:
    assert_gradient_is_slope(xp, layer, [3 * grid((2, 6, 4, 5))])


@on_numpy_and_strict
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_element_type(xp: ModuleType, dtype: str) -> None:
    x = grid((2, 3, 4, 5)).astype(dtype)
    (dx,), _ = backward(xp, LRN, [x], [x])
    assert dx is not None
    assert dx.dtype == dtype


def test_unwanted_gradient_is_not_computed() -> None:
    x = grid((2, 3, 4, 5))
    assert backward(np, LRN, [x], [x], wants=(False,))[0] == [None]
    assert plan(LRN, [x]).saves == {"xs"}


def test_defaults() -> None:
    assert (LRN.name, LRN.kernel, LRN.scale, LRN.shift, LRN.power) == ("lrn", 5, 1.0, 1.0, 0.75)
    assert LRN.mode == LRNMode.AcrossChannel()


def test_an_even_kernel_within_a_channel_is_refused() -> None:
    with pytest.raises(OptionError, match=r"layer 'lrn' .*the kernel is odd.* not 4"):
        WITHIN.replace(kernel=4)
    with pytest.raises(OptionError, match="kernel is at least 1"):
        LRN.replace(kernel=0)


def test_bottoms_that_are_no_images_are_refused() -> None:
    with pytest.raises(ShapeError, match="'x' is 2 x 21, and the layer reads images"):
        LRN.plan((BlobSpec((2, 21)),))


@pytest.mark.parametrize("axis", [2, 3, -2, -1])
def test_another_channel_axis_is_the_same_with_axes_turned(axis: int) -> None:
    x = grid((2, 3, 4, 5), 0)
    turned = np.swapaxes(x, 1, axis)
    (y,) = LRN.replace(channel_axis=axis).forward(np, Values(xs=(x,)))
    (expected,) = LRN.forward(np, Values(xs=(turned,)))
    np.testing.assert_array_equal(y, np.swapaxes(expected, 1, axis))


@pytest.mark.parametrize("axis", [0, 4, -4])
def test_the_batch_is_no_channel_axis(axis: int) -> None:
    with pytest.raises(OptionError, match="channel_axis is 1, 2 or 3"):
        LRN.replace(channel_axis=axis)
