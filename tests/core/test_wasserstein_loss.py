from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.wasserstein_loss import WassersteinLossLayer

from .layer_math import EPS, Host, backward, both_namespaces, forward, grid, plan_of, tolerance

COST = np.random.default_rng(0).uniform(0.1, 1, (4, 6))
LAYER = WassersteinLossLayer(bottoms=["prob", "label"], M=COST, lambda_=3.0)


def masses(num: int, features: int, seed: int = 1) -> Host:
    values = np.random.default_rng(seed).uniform(0.1, 1, (num, features))
    return values / values.sum(axis=1, keepdims=True)


BLOBS = [masses(5, 4), masses(5, 6, seed=2)]


def plain_sinkhorn(a: Host, b: Host, cost: Host, lambda_: float, steps: int) -> tuple[float, Host]:
    """Cost and log(u)/lambda of one sample: the formulas as they are written, without logarithms."""
    k = np.exp(-lambda_ * cost)
    u = np.full(len(a), 1 / len(a))
    for _ in range(steps):
        u = a / (k @ (b / (k.T @ u)))
    v = b / (k.T @ u)
    return float(u @ (k * cost) @ v), np.log(u) / lambda_


@both_namespaces
def test_worked_number(xp):
    layer = WassersteinLossLayer(bottoms=["p", "y"], M=[[0, 1], [1, 0]], lambda_=1.0)
    blobs = [np.array([[0.7, 0.3]]), np.array([[0.4, 0.6]])]
    assert forward(layer, xp, blobs)[0] == pytest.approx(0.37596412, abs=5e-9)
    np.testing.assert_allclose(backward(layer, xp, blobs)[0], [[-0.18914802, -1.44372786]], rtol=0, atol=5e-9)


@both_namespaces
@pytest.mark.parametrize("steps", [1, 2, 50])
def test_against_the_plain_iteration(xp, steps):
    samples = [plain_sinkhorn(a, b, COST, 3.0, steps) for a, b in zip(*BLOBS, strict=True)]
    layer, bound = LAYER.replace(sinkhorn_iter=steps, weight=0.5), tolerance(24 * steps, 4.0)
    assert forward(layer, xp, BLOBS)[0] == pytest.approx(0.1 * sum(loss for loss, _ in samples), abs=bound)
    np.testing.assert_allclose(backward(layer, xp, BLOBS)[0], [0.1 * g for _, g in samples], rtol=0, atol=bound)


def regularised(a: Host, b: Host) -> float:
    """min over P of sum P M + sum P (log P - 1)/lambda, with the sums a and b, for all samples together over N."""
    total = 0.0
    for one, other in zip(a, b, strict=True):
        k = np.exp(-3.0 * COST)
        u = np.ones(len(one))
        for _ in range(500):
            v = other / (k.T @ u)
            u = one / (k @ v)
        moved = u[:, None] * k * v
        total += float(np.sum(moved * COST) + np.sum(moved * (np.log(moved) - 1)) / 3.0)
    return total / len(a)


def test_gradient_is_that_of_the_regularised_cost():
    """Along directions that keep the mass, on which the unknown constant has no say."""
    gradient = backward(LAYER.replace(sinkhorn_iter=500), np, BLOBS)[0]
    step = EPS ** (1 / 3)
    for k in range(3):
        direction = np.zeros((5, 4))
        direction[:, k], direction[:, k + 1] = 1, -1
        ends = [regularised(BLOBS[0] + sign * step * direction, BLOBS[1]) for sign in (1, -1)]
        slope = (ends[0] - ends[1]) / (2 * step)
        assert np.sum(gradient * direction) == pytest.approx(slope, rel=0, abs=1e4 * step**2)


@both_namespaces
def test_a_large_lambda_gives_the_exact_distance(xp):
    """On a line the distance is the area between the cumulative sums. Here exp(-lambda M) is 0 in a corner."""
    a, b = masses(2, 5), masses(2, 5, seed=3)
    line = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    layer = WassersteinLossLayer(bottoms=["p", "y"], M=line, lambda_=200.0, sinkhorn_iter=2000)
    exact = np.abs(np.cumsum(a - b, axis=1)).sum() / 2
    assert forward(layer, xp, [a, b])[0] == pytest.approx(exact, rel=1e-3)
    assert np.isfinite(backward(layer, xp, [a, b])[0]).all()


@both_namespaces
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_zeros_are_guarded(xp, dtype):
    """Behaviour 38: NaN before, from 0/0 and log(0)."""
    a, b = np.array([[1, 0, 0, 0]], dtype), np.array([[0, 0, 0, 0, 0, 1]], dtype)
    assert forward(LAYER, xp, [a, b])[0] == pytest.approx(COST[0, 5], rel=1e-6)
    gradient = backward(LAYER, xp, [a, b])[0]
    assert np.isfinite(gradient).all()
    assert gradient.argmax() == 0


@both_namespaces
def test_centered_takes_out_the_mean_of_each_sample(xp):
    plain, centered = (backward(layer, xp, BLOBS)[0] for layer in (LAYER, LAYER.replace(centered=True)))
    np.testing.assert_allclose(
        centered, plain - plain.mean(axis=1, keepdims=True), rtol=0, atol=tolerance(4, np.abs(plain).max())
    )
    assert np.abs(plain.sum(axis=1)).min() > 0.01
    np.testing.assert_allclose(centered.sum(axis=1), 0, rtol=0, atol=tolerance(4, np.abs(plain).max()))


def test_blobs_of_any_shape():
    image = [BLOBS[0].reshape(5, 2, 2), BLOBS[1].reshape(5, 1, 6)]
    assert forward(LAYER, np, image) == forward(LAYER, np, BLOBS)
    np.testing.assert_array_equal(backward(LAYER, np, image)[0], backward(LAYER, np, BLOBS)[0].reshape(5, 2, 2))


def test_no_gradient_for_the_label_nor_for_data():
    assert plan_of(LAYER, BLOBS).constants == (1,)
    assert backward(LAYER, np, BLOBS)[1] is None
    assert backward(LAYER, np, BLOBS, wants=[False, False]) == (None, None)


def test_facts_and_statistics():
    plan = plan_of(LAYER, BLOBS)
    assert (plan.items, plan.tops[0].shape) == (5, ())
    assert LAYER.report(0.5) == {"wasserstein-loss": 0.5}
    assert LAYER.show(0.25, 30) == "Wasserstein-loss (avg over 30) = 0.2500"


def test_is_a_value_whatever_the_matrix_is_made_of():
    other = LAYER.replace(M=COST.tolist())
    assert other == LAYER
    assert hash(other) == hash(LAYER)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"lambda_": 0}, "lambda_=0 must be more than 0"),
        ({"sinkhorn_iter": 0}, "sinkhorn_iter=0 must be at least 1"),
        ({"M": [1, 2]}, "M is a matrix"),
        ({"M": [[1, 2], [3]]}, "M is a matrix"),
        ({"M": [[1, np.nan]]}, "M is a matrix"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        LAYER.replace(**options)


@pytest.mark.parametrize("shapes", [((5, 6), (5, 4)), ((5, 4), (5, 5)), ((5, 4), (4, 6))])
def test_the_matrix_must_fit(shapes):
    with pytest.raises(ShapeError, match=r"M of \(4, 6\) does not fit a prediction of 5 x .* rows and .* columns"):
        plan_of(LAYER, [grid(*shape) for shape in shapes])
