from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.softmax import SoftmaxLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance


def naive(x: Host, axis: int) -> Host:
    y = np.empty_like(x)
    lines = x.shape[:axis] + x.shape[axis + 1 :]
    for index in np.ndindex(*lines):
        line = (*index[:axis], slice(None), *index[axis:])
        exps = [math.exp(value) for value in x[line]]
        y[line] = [e / math.fsum(exps) for e in exps]
    return y


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((4, 7), 1), ((2, 3, 4, 5), 1), ((2, 3, 4, 5), -1), ((2, 3, 2, 4, 3), -3)])
def test_against_a_loop(xp, shape, axis):
    (y,) = forward(SoftmaxLayer(bottoms=["x"], tops=["y"], axis=axis), xp, [grid(*shape)])
    np.testing.assert_allclose(y, naive(grid(*shape), axis % len(shape)), rtol=tolerance(shape[axis]))


@both_namespaces
def test_gradients_are_slopes_for_bottoms_of_different_shapes(xp):
    layer = SoftmaxLayer(bottoms=["a", "b"], tops=["c", "d"])
    check_gradient(layer, xp, [3 * grid(2, 5), grid(3, 4, 2)])


@both_namespaces
def test_huge_scores_do_not_overflow(xp):
    (y,) = forward(SoftmaxLayer(bottoms=["x"], tops=["y"]), xp, [np.array([[1e300, 1e300, -1e300]])])
    np.testing.assert_array_equal(y, [[0.5, 0.5, 0.0]])


def test_a_gradient_that_nobody_wants_is_not_made():
    """Behaviour 26: a softmax on data owns no gradient."""
    layer = SoftmaxLayer(bottoms=["a", "b"], tops=["c", "d"])
    da, db = backward(layer, np, [grid(2, 5), grid(2, 3)], wants=[False, True])
    assert da is None
    assert db is not None


def test_plan_saves_only_the_result():
    assert plan_of(SoftmaxLayer(bottoms=["x"], tops=["y"]), [grid(2, 3)]).saves == {"ys"}


@pytest.mark.parametrize(("shape", "axis"), [((4, 7), 2), ((4, 7), -3), ((4, 7), 0), ((4,), -1)])
def test_axis_must_exist_and_not_be_the_batch(shape, axis):
    with pytest.raises(ShapeError, match=rf"'prob'.*bottoms x: axis {axis} "):
        plan_of(SoftmaxLayer(name="prob", bottoms=["x"], tops=["y"], axis=axis), [grid(*shape)])


def test_one_top_per_bottom():
    with pytest.raises(OptionError, match="2 bottoms and 1 tops"):
        SoftmaxLayer(bottoms=["a", "b"], tops=["c"])
