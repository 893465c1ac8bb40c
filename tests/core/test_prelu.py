"""PReLULayer."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core import BlobSpec, PReLULayer, ShapeError
from mocha_core.testing.values import grid

from .running import assert_gradient_is_slope, backward, forward, on_numpy_and_strict, plan

PRELU = PReLULayer(name="prelu", bottoms=["x"], tops=["y"])
X = np.array([[-2.0, 3.0, 0.0], [4.0, -5.0, -1.0]])


@on_numpy_and_strict
def test_worked_numbers(xp: ModuleType) -> None:
    params = {"slope": np.array([0.5, 0.25, 2.0])}
    (y,) = forward(xp, PRELU, [X], params)
    np.testing.assert_array_equal(y, [[-1, 3, 0], [4, -1.25, -2]])
    (dx,), grads = backward(xp, PRELU, [X], [np.array([[1.0, 10, 100], [1000, 10000, 100000]])], params)
    np.testing.assert_array_equal(dx, [[0.5, 10, 200], [1000, 2500, 200000]])
    np.testing.assert_array_equal(grads["slope"], [-2, -50000, -100000])


@on_numpy_and_strict
def test_one_slope_for_all(xp: ModuleType) -> None:
    params = {"slope": np.array(0.5)}
    layer = PRELU.replace(shared=True)
    (y,) = forward(xp, layer, [X], params)
    np.testing.assert_array_equal(y, [[-1, 3, 0], [4, -2.5, -0.5]])
    _, grads = backward(xp, layer, [X], [np.ones((2, 3))], params)
    np.testing.assert_array_equal(grads["slope"], -8)


@on_numpy_and_strict
@pytest.mark.parametrize("options", [{}, {"shared": True}, {"axis": -1}], ids=str)
def test_gradient_is_slope(xp: ModuleType, options: dict[str, Any]) -> None:
    assert_gradient_is_slope(xp, PRELU.replace(**options), [grid((4, 3, 2, 5))])


def test_unwanted_gradient_is_not_computed() -> None:
    (dx,), grads = backward(np, PRELU, [X], [X], wants=(False,))
    assert dx is None
    assert grads.keys() == {"slope"}


def test_starts_at_a_quarter_and_is_not_regularised() -> None:
    (slope,) = plan(PRELU, [X]).params
    assert (slope.initializer.value, slope.shape) == (0.25, (3,))  # type: ignore[attr-defined]
    assert repr(slope.regularizer) == "NoRegu()"


def test_the_batch_is_no_channel() -> None:
    with pytest.raises(ShapeError, match="axis -2 of a blob of 2 x 3 is the batch"):
        PRELU.replace(axis=-2).plan((BlobSpec((2, 3)),))
