"""Regularizers: values, gradients, and Caffe's weight decay."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from mocha_core.testing.tolerances import difference_step, slope_tolerance
from mocha_core.testing.values import grid

from .running import on_numpy_and_strict

W = np.array([[3.0, 0.0], [-4.0, 1.0]])


@on_numpy_and_strict
@pytest.mark.parametrize(
    ("regularizer", "value", "gradient"),
    [
        (NoRegu(), 0.0, [[0, 0], [0, 0]]),
        (L2Regu(), 26.0, [[6, 0], [-8, 2]]),
        (L2Regu(0.5), 13.0, [[3, 0], [-4, 1]]),
        (L1Regu(), 8.0, [[1, 0], [-1, 1]]),
        (L1Regu(0.5), 4.0, [[0.5, 0], [-0.5, 0.5]]),
    ],
    ids=repr,
)
def test_values(xp: ModuleType, regularizer: Regularizer, value: float, gradient: list[list[float]]) -> None:
    w = xp.asarray(W)
    assert float(regularizer.value(xp, w)) == value
    np.testing.assert_array_equal(np.asarray(regularizer.gradient(xp, w)), gradient)


@pytest.mark.parametrize("regularizer", [NoRegu(), L2Regu(0.7), L1Regu(0.7)], ids=repr)
def test_gradient_is_slope(regularizer: Regularizer) -> None:
    w, direction, h = grid((3, 5)), grid((3, 5), seed=1), difference_step()
    values = [float(regularizer.value(np, w + step * h * direction)) for step in (1, -1, 2, -2)]
    fine, coarse = (values[0] - values[1]) / (2 * h), (values[2] - values[3]) / (4 * h)
    slope = float(np.sum(regularizer.gradient(np, w) * direction))
    assert abs(slope - fine) <= slope_tolerance(fine, coarse, w.size, abs(values[0]))


@on_numpy_and_strict
@pytest.mark.parametrize("regularizer", [NoRegu(), L2Regu(0.7), L1Regu(0.7)], ids=repr)
def test_keeps_float32(xp: ModuleType, regularizer: Regularizer) -> None:
    w = xp.asarray(W.astype("float32"))
    assert regularizer.gradient(xp, w).dtype == xp.float32
    assert regularizer.value(xp, w).dtype == xp.float32
    assert regularizer.value(xp, w).shape == ()


def test_caffe_weight_decay_is_twice_the_coefficient() -> None:
    weight_decay, regu_coef = 0.004, 0.01
    regularizer = L2Regu.from_weight_decay(weight_decay, regu_coef)
    np.testing.assert_allclose(regu_coef * regularizer.gradient(np, W), weight_decay * W, rtol=4e-16)
    assert L2Regu.from_weight_decay(1.0) == L2Regu(0.5)


@pytest.mark.parametrize("kind", [L1Regu, L2Regu])
def test_negative_coefficient_is_refused(kind: type[L1Regu] | type[L2Regu]) -> None:
    with pytest.raises(OptionError, match="coefficient is at least 0, not -1"):
        kind(-1.0)


@pytest.mark.parametrize("regu_coef", [0.0, -1.0, np.nan, np.inf, "1", True])
def test_weight_decay_needs_a_positive_regu_coef(regu_coef: Any) -> None:
    with pytest.raises(OptionError, match="regu_coef is above 0"):
        L2Regu.from_weight_decay(0.1, regu_coef=regu_coef)


def test_weight_decay_is_a_number() -> None:
    with pytest.raises(OptionError, match=r"weight_decay is a number, not '0\.1'"):
        L2Regu.from_weight_decay("0.1")  # type: ignore[arg-type]
