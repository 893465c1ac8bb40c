from __future__ import annotations

import operator

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.functors import ElementWiseFunctors

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of

F = ElementWiseFunctors
CASES = [
    (F.Add(), operator.add),
    (F.Subtract(), operator.sub),
    (F.Multiply(), operator.mul),
    (F.Divide(), operator.truediv),
]
every_functor = pytest.mark.parametrize(
    ("functor", "plain"), CASES, ids=lambda case: getattr(case, "__name__", repr(case))
)
A, B = grid(3, 4), grid(3, 4, seed=1)


def layer_of(functor):
    return ElementWiseLayer(name="both", operation=functor, bottoms=["a", "b"], tops=["y"])


@both_namespaces
@every_functor
def test_against_a_loop(xp, functor, plain):
    (y,) = forward(layer_of(functor), xp, [A, B])
    for index in np.ndindex(*A.shape):
        assert y[index] == plain(float(A[index]), float(B[index]))


@both_namespaces
@every_functor
def test_gradients_are_slopes(xp, functor, plain):
    away_from_zero = np.sign(B) * (0.5 + np.abs(B))
    check_gradient(layer_of(functor), xp, [A, away_from_zero])


@every_functor
@pytest.mark.parametrize("wants", [(True, False), (False, True), (False, False)])
def test_gradients_by_need(functor, plain, wants):
    both = backward(layer_of(functor), np, [A, B])
    for want, given, expected in zip(wants, backward(layer_of(functor), np, [A, B], wants=wants), both, strict=True):
        assert (given is not None) == want
        if want:
            np.testing.assert_array_equal(given, expected)


def test_what_the_derivatives_read():
    assert [plan_of(layer_of(f), [A, B]).saves for f, _ in CASES] == [set(), set(), {"xs"}, {"x1", "ys"}]


def test_division_is_not_clamped():
    """Behaviour 41: the same on every backend."""
    with np.errstate(divide="ignore", invalid="ignore"):
        (y,) = forward(layer_of(F.Divide()), np, [np.array([1.0, -1.0, 0.0]), np.zeros(3)])
    np.testing.assert_array_equal(y, [np.inf, -np.inf, np.nan])


def test_default_adds():
    assert ElementWiseLayer(bottoms=["a", "b"], tops=["y"]).operation == F.Add()


def test_shapes_must_be_equal():
    with pytest.raises(ShapeError, match=r"'both'.*bottoms a, b: shapes 3 x 4 and 3 x 1 must be equal"):
        plan_of(layer_of(F.Add()), [A, grid(3, 1)])


@pytest.mark.parametrize("operation", ["add", F.Add])
def test_operation_must_be_a_functor(operation):
    with pytest.raises(OptionError, match=r"operation is of the kind Functor, such as ElementWiseFunctors\.Add\(\)"):
        layer_of(operation)


def test_two_bottoms():
    with pytest.raises(OptionError, match="needs 2 bottoms, got 3"):
        ElementWiseLayer(bottoms=["a", "b", "c"], tops=["y"])
