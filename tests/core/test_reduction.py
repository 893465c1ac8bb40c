from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.reduction import ReductionLayer

from .layer_math import both_namespaces, check_gradient, forward, grid, plan_of, tolerance

PLAIN = {
    "sum": math.fsum,
    "asum": lambda xs: math.fsum(map(abs, xs)),
    "sumsq": lambda xs: math.fsum(x * x for x in xs),
    "mean": lambda xs: math.fsum(xs) / len(xs),
}
every_operation = pytest.mark.parametrize("operation", PLAIN)


def layer_of(operation, **options):
    return ReductionLayer(name="reduce", operation=operation, bottoms=["x"], tops=["y"], **options)


@both_namespaces
@every_operation
@pytest.mark.parametrize(("axis", "kept"), [(0, ()), (1, (2,)), (2, (2, 3)), (-1, (2, 3))])
def test_against_a_loop(xp, operation, axis, kept):
    x = grid(2, 3, 4)
    (y,) = forward(layer_of(operation, axis=axis, coeff=-0.5), xp, [x])
    assert y.shape == kept
    for index in np.ndindex(*kept):
        expected = -0.5 * PLAIN[operation](x[index].ravel().tolist())
        assert y[index] == pytest.approx(expected, abs=tolerance(24, 24 * 4.0))


@both_namespaces
@every_operation
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_gradients_are_slopes(xp, operation, axis):
    check_gradient(layer_of(operation, axis=axis, coeff=1.5), xp, [grid(2, 3, 4)])


def test_what_the_derivatives_read():
    assert [bool(plan_of(layer_of(f), [grid(2)]).saves) for f in PLAIN] == [False, True, True, False]


def test_unknown_operations_are_refused():
    with pytest.raises(OptionError, match="operation is one of 'sum', 'asum', 'sumsq', 'mean', not 'max'"):
        layer_of("max")


def test_the_axis_must_exist():
    with pytest.raises(ShapeError, match="axis 3 does not exist"):
        plan_of(layer_of("sum", axis=3), [grid(2, 3)])
