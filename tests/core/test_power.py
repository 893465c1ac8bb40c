from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.power import PowerLayer

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

CASES = [
    (1, 1, 0),
    (1, -0.5, 2),
    (2, 1, 0),
    (2, 3, 0.25),
    (3, 0.5, -1),
    (4, 1, 0),
    (0, 2, 1),
    (-1, 0.5, 3),
    (0.5, 1, 2.5),
    (3, 0, 2),
]
every_case = pytest.mark.parametrize(("power", "scale", "shift"), CASES)


def layer_of(power, scale=1.0, shift=0.0):
    return PowerLayer(name="pow", power=power, scale=scale, shift=shift, bottoms=["x"], tops=["y"])


@both_namespaces
@every_case
def test_against_a_loop(xp, power, scale, shift):
    x = grid(3, 5)
    (y,) = forward(layer_of(power, scale, shift), xp, [x])
    expected = [(scale * value + shift) ** power for value in x.ravel().tolist()]
    np.testing.assert_allclose(y.ravel(), expected, rtol=tolerance(4), atol=tolerance(4))


@both_namespaces
@every_case
def test_gradient_is_the_slope(xp, power, scale, shift):
    check_gradient(layer_of(power, scale, shift), xp, [grid(3, 5)])


@both_namespaces
@pytest.mark.parametrize(
    ("power", "scale", "shift", "x", "dx"),
    [
        (1, 2, 0, 0.0, 2),
        (2, 3, -3, 1.0, 0),
        (3, 1, 0, 0.0, 0),
        (0, 2, 0, 0.0, 0),
        (-1, 0, 2, 0.0, 0),
        (1, 1, 0, 0.0, 1),
    ],
)
def test_gradient_is_exact_where_the_base_is_zero(xp, power, scale, shift, x, dx):
    """Behaviour 37: never NaN."""
    (given,) = backward(layer_of(power, scale, shift), xp, [np.array([[x]])])
    np.testing.assert_array_equal(given, [[dx]])


def test_several_bottoms_and_gradients_by_need():
    layer = PowerLayer(power=2, bottoms=["a", "b"], tops=["c", "d"])
    a, b = grid(2, 3), grid(4, 1)
    c, d = forward(layer, np, [a, b])
    np.testing.assert_array_equal(c, a * a)
    np.testing.assert_array_equal(d, b * b)
    da, db = backward(layer, np, [a, b], wants=[False, True])
    assert da is None
    np.testing.assert_array_equal(db, 2 * b)


def test_facts():
    assert plan_of(layer_of(2), [grid(2, 3)]).saves == {"xs"}
    for linear in (layer_of(1), layer_of(0), layer_of(3, scale=0)):
        assert plan_of(linear, [grid(2, 3)]).saves == frozenset()
    assert plan_of(layer_of(2), [grid(2, 3)]).overlays == ((0, 0),)


@pytest.mark.parametrize("option", ["power", "scale", "shift"])
def test_options_must_be_finite(option):
    with pytest.raises(OptionError, match=f"'pow'.*{option} is a finite number, not inf"):
        layer_of(2).replace(**{option: float("inf")})
