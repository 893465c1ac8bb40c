from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.interp import InterpLayer

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

LAYER = InterpLayer(name="interp", factor=2, bottoms=["x"], tops=["y"])


def place(k: int, size: int, out: int, align_corners: bool) -> float:
    """Where result k lies among the elements of one side, by the definition of the two conventions."""
    if align_corners:
        return k * (size - 1) / (out - 1) if out > 1 else 0.0
    return min(max((2 * k + 1) * size / (2 * out) - 0.5, 0.0), size - 1)


def bilinear(x: np.ndarray, height: int, width: int, align_corners: bool) -> np.ndarray:
    """Each result is the sum over all elements of the image, weighted by triangles of width 1 around its place."""
    y = np.zeros((*x.shape[:2], height, width))
    for i, j in np.ndindex(height, width):
        row, column = place(i, x.shape[2], height, align_corners), place(j, x.shape[3], width, align_corners)
        for a, b in np.ndindex(*x.shape[2:]):
            weight = max(0.0, 1 - abs(row - a)) * max(0.0, 1 - abs(column - b))
            y[:, :, i, j] += weight * x[:, :, a, b]
    return y


@both_namespaces
@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("size", [(4, 5), (8, 10), (7, 3), (1, 11), (2, 2)])
def test_bilinear(xp, align_corners, size):
    x = grid(2, 3, 4, 5)
    layer = LAYER.replace(factor=(), size=size, align_corners=align_corners)
    (y,) = forward(layer, xp, [x])
    np.testing.assert_allclose(y, bilinear(x, *size, align_corners), rtol=0, atol=tolerance(20, 2.0))


@both_namespaces
@pytest.mark.parametrize("factor", [1, 2, (3, 1)])
def test_nearest_repeats(xp, factor):
    x = grid(2, 3, 4, 5)
    rows, columns = factor if isinstance(factor, tuple) else (factor, factor)
    (y,) = forward(LAYER.replace(factor=factor, mode="nearest"), xp, [x])
    np.testing.assert_array_equal(y, x.repeat(rows, axis=2).repeat(columns, axis=3))


def test_nearest_smaller_picks():
    x = grid(1, 1, 4, 6)
    (y,) = forward(LAYER.replace(factor=(), size=(2, 4), mode="nearest"), np, [x])
    picked = [[math.floor(i * 4 / 2) for i in range(2)], [math.floor(j * 6 / 4) for j in range(4)]]
    np.testing.assert_array_equal(y, x[:, :, picked[0]][:, :, :, picked[1]])


def test_a_ramp_stays_a_ramp_between_its_corners():
    """Linear functions are interpolated exactly."""
    x = np.arange(3.0).reshape(1, 1, 3, 1) * np.ones((1, 1, 3, 2))
    (y,) = forward(LAYER.replace(factor=(), size=(9, 2), align_corners=True), np, [x])
    np.testing.assert_allclose(y[0, 0, :, 0], np.linspace(0, 2, 9), rtol=0, atol=tolerance(1, 2.0))


def test_the_same_size_changes_nothing():
    for corners in (True, False):
        (y,) = forward(LAYER.replace(factor=1, align_corners=corners), np, [grid(2, 3, 4, 5)])
        np.testing.assert_array_equal(y, grid(2, 3, 4, 5))


@pytest.mark.parametrize(
    ("steps", "shape", "size"),
    [((1, 2), (4, 5), (7, 9)), ((2, 1), (5, 4), (3, 2)), ((2, 3), (6, 7), (7, 10))],
)
def test_steps_from_corner_to_corner(steps, shape, size):
    """Of the gaps every shrink-th is kept and cut into zoom parts; the same as the size that follows from that."""
    x = grid(2, 3, *shape)
    (y,) = forward(LAYER.replace(factor=(), steps=steps, align_corners=True), np, [x])
    np.testing.assert_allclose(y, bilinear(x, *size, True), rtol=0, atol=tolerance(20, 2.0))


@both_namespaces
@pytest.mark.parametrize(
    "options",
    [{}, {"mode": "nearest"}, {"factor": (), "size": (3, 7)}, {"factor": (), "size": (9, 2), "align_corners": True}],
    ids=str,
)
def test_gradient_is_the_slope(xp, options):
    check_gradient(LAYER.replace(**options), xp, [grid(1, 2, 4, 3)])


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_infinity_stays_near(mode):
    """Results that have no part in an element do not see it."""
    x = np.zeros((1, 1, 5, 5))
    x[0, 0, 0, 0] = np.inf
    (y,) = forward(LAYER.replace(mode=mode), np, [x])
    assert np.isinf(y[0, 0, 0, 0])
    assert (y[0, 0, 4:, :] == 0).all()
    assert (y[0, 0, :, 4:] == 0).all()


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(1, 1, 2, 2)], wants=[False]) == (None,)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"size": 3}, "needs one of factor, size, steps; got factor=.* and size=3"),
        ({"factor": ()}, "needs one of factor, size, steps; got none of them"),
        ({"factor": (), "steps": (1, 2)}, "say align_corners=True"),
        ({"factor": 0}, "factor is a pair"),
        ({"mode": "cubic"}, '"bilinear" or "nearest"'),
        ({"mode": "nearest", "align_corners": True}, "align_corners is for mode='bilinear'"),
    ],
)
def test_options_that_cannot_be(options, text):
    with pytest.raises(OptionError, match=text):
        LAYER.replace(**options)


def test_images_only():
    with pytest.raises(ShapeError, match=r"'x' is 2 x 3, and the layer reads images"):
        plan_of(LAYER, [grid(2, 3)])
