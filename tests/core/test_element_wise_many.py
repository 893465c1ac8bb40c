"""Sum, Product and Maximum: functions of any number of blobs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.functors import ElementWiseFunctors as F

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

XS = [grid(3, 4, seed=seed) * (1 + seed / 8) for seed in range(3)]
CASES = [
    (F.Sum(), lambda a, b, c: math.fsum((a, b, c))),
    (F.Sum([2.0, -0.5, 1.0]), lambda a, b, c: math.fsum((2 * a, -0.5 * b, c))),
    (F.Product(), lambda a, b, c: a * b * c),
    (F.Product(stable=False), lambda a, b, c: a * b * c),
    (F.Maximum(), max),
]
every_functor = pytest.mark.parametrize(("functor", "plain"), CASES, ids=[repr(functor) for functor, _ in CASES])


def layer_of(functor, count=3):
    return ElementWiseLayer(name="all", operation=functor, bottoms=["a", "b", "c"][:count], tops=["y"])


@both_namespaces
@every_functor
def test_against_a_loop(xp, functor, plain):
    (y,) = forward(layer_of(functor), xp, XS)
    for index in np.ndindex(*y.shape):
        assert y[index] == pytest.approx(plain(*(float(x[index]) for x in XS)), abs=tolerance(3, 8.0))


@both_namespaces
@every_functor
def test_gradients_are_slopes(xp, functor, plain):
    check_gradient(layer_of(functor), xp, XS)


@every_functor
def test_gradients_by_need(functor, plain):
    given = backward(layer_of(functor), np, XS, wants=[False, True, False])
    assert [dx is None for dx in given] == [True, False, True]
    np.testing.assert_array_equal(given[1], backward(layer_of(functor), np, XS)[1])


@both_namespaces
def test_of_equals_the_second_takes_the_gradient_and_a_third_only_if_it_is_larger(xp):
    xs = [np.array(x) for x in ([1.0, 1.0, 0.0], [1.0, 0.0, 2.0], [1.0, 1.0, 3.0])]
    dxs = backward(layer_of(F.Maximum()), xp, xs, [np.array([3.0, 5.0, 7.0])])
    assert [dx.tolist() for dx in dxs] == [[0, 5, 0], [3, 0, 0], [0, 0, 7]]


@both_namespaces
def test_a_stable_product_has_gradients_where_it_is_zero(xp):
    a, b, c = np.array([0.0, 0.0]), np.array([2.0, 0.0]), np.array([3.0, 3.0])
    dxs = backward(layer_of(F.Product()), xp, [a, b, c])
    assert [dx.tolist() for dx in dxs] == [[6, 0], [0, 0], [0, 0]]
    with np.errstate(invalid="ignore"):
        unstable = backward(layer_of(F.Product(stable=False)), np, [a, b, c])
    assert np.isnan(unstable[0]).all()


def test_nan_is_the_largest():
    (y,) = forward(layer_of(F.Maximum(), 2), np, [np.array([np.nan, 1.0]), np.array([1.0, np.nan])])
    assert np.isnan(y).all()


def test_a_coefficient_for_each_bottom():
    with pytest.raises(OptionError, match="needs 2 bottoms, got 3"):
        layer_of(F.Sum([1.0, 2.0]))


@pytest.mark.parametrize(
    ("coefficients", "said"),
    [
        ([1.0], r"one for each of two or more blobs, not \(1.0,\)"),
        ([1.0, math.nan], "a list of finite numbers"),
        (["a", "b"], "a list of finite numbers"),
    ],
)
def test_impossible_coefficients(coefficients, said):
    with pytest.raises(OptionError, match=said):
        F.Sum(coefficients)


def test_at_least_two_bottoms_of_one_shape():
    with pytest.raises(OptionError, match="needs 2 bottoms, got 1"):
        layer_of(F.Sum(), 1)
    with pytest.raises(ShapeError, match="shapes 3 x 4 and 3 x 4 and 3 x 1 must be equal"):
        plan_of(layer_of(F.Sum()), [*XS[:2], grid(3, 1)])
