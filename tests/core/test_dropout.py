from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.identity import IdentityLayer
from mocha_core.random import Stream

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of

SHAPE = (3, 2, 5)


def draws() -> Host:
    return Stream(1, "drop", "mask").uniform(SHAPE)


@both_namespaces
@pytest.mark.parametrize("auto_scale", [True, False])
def test_keeps_what_exceeds_the_ratio(xp, auto_scale):
    layer, x, u = DropoutLayer(bottoms=["x"], ratio=0.6, auto_scale=auto_scale), grid(*SHAPE), draws()
    (y,) = forward(layer, xp, [x], [u])
    scale = 1 / 0.4 if auto_scale else 1.0
    for index in np.ndindex(*SHAPE):
        expected = x[index] * scale if u[index] > 0.6 else 0.0
        assert y[index] == pytest.approx(expected, rel=1e-15)
    assert 0 < np.count_nonzero(y) < y.size


def test_a_number_equal_to_the_ratio_drops():
    (y,) = forward(DropoutLayer(bottoms=["x"]), np, [np.ones((1, 3))], [np.array([[0.25, 0.5, 0.75]])])
    np.testing.assert_array_equal(y, [[0.0, 0.0, 2.0]])


@both_namespaces
def test_gradient_is_the_slope(xp):
    check_gradient(DropoutLayer(bottoms=["x"], ratio=0.3), xp, [grid(*SHAPE)], [draws()])


@both_namespaces
def test_backward_needs_only_the_random_numbers(xp):
    """Behaviour 19: the mask is its own, so a neuron below still finds the values that it wrote."""
    layer, x, u, dy = DropoutLayer(bottoms=["x"]), grid(*SHAPE), draws(), grid(*SHAPE, seed=4)
    assert plan_of(layer, [x]).saves == {"draws"}
    (dx,) = backward(layer, xp, [x], [dy], [u])
    np.testing.assert_array_equal(dx, np.where(u > 0.5, 2 * dy, 0))


def test_forward_leaves_its_input_alone():
    from mocha_core.layer import Values

    x, u = grid(*SHAPE), draws()
    before = x.copy()
    DropoutLayer(bottoms=["x"]).forward(np, Values(xs=(x,), draws=(u,)))
    np.testing.assert_array_equal(x, before)


def test_the_mean_stays():
    """Of n elements a share 1-p is kept, times 1/(1-p): the mean of ones has the deviation sqrt(p/(1-p)/n)."""
    n, ratio = 20_000, 0.7
    u = Stream(3, "drop", "mask").uniform((1, n))
    (y,) = forward(DropoutLayer(bottoms=["x"], ratio=ratio), np, [np.ones((1, n))], [u])
    assert abs(y.mean() - 1) < 4 * np.sqrt(ratio / (1 - ratio) / n)


def test_in_the_test_phase_it_is_nothing_or_a_name():
    in_place, named = DropoutLayer(bottoms=["x"]), DropoutLayer(name="drop", bottoms=["x"], tops=["y"])
    assert in_place.in_place
    assert not named.in_place
    assert in_place.in_phase("test") is None
    assert named.in_phase("test") == IdentityLayer(name="drop", bottoms=["x"], tops=["y"])
    assert in_place.in_phase("train") is in_place
    assert named.replace(phases=["test"]).in_phase("train") is None


@pytest.mark.parametrize("ratio", [0, 1, -0.5, 1.5])
def test_ratio_must_lie_strictly_between_0_and_1(ratio):
    with pytest.raises(OptionError, match=r"'drop'.*ratio=.*more than 0 and less than 1"):
        DropoutLayer(name="drop", bottoms=["x"], ratio=ratio)


@pytest.mark.parametrize("bottoms", [[], ["a", "b"]])
def test_one_bottom(bottoms):
    with pytest.raises(OptionError, match="needs one bottom"):
        DropoutLayer(bottoms=bottoms)
