from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.layers.gaussian_kl_loss import GaussianKLLossLayer

from .layer_math import backward, both_namespaces, check_gradient, forward, grid
from .pair_math import check_errors, check_facts, check_gradients_are_independent, check_value, check_weight

LAYER = GaussianKLLossLayer()
BLOBS = [grid(3, 4), 2.5 + grid(3, 4, seed=1)]


@both_namespaces
@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_value(xp, weight):
    layer = LAYER.replace(weight=weight)
    check_value(xp, layer, BLOBS, lambda mu, sigma: (mu**2 + sigma**2 - 2 * math.log(sigma) - 1) / 2)


def test_value_is_the_divergence():
    """The integral of q log(q/p), numerically; so no factor and no sign of the formula is wrong."""
    mu, sigma = 0.7, 1.6
    x, step = np.linspace(-15, 15, 30_001, retstep=True)
    log_q = -(((x - mu) / sigma) ** 2) / 2 - math.log(sigma)
    log_p = -(x**2) / 2
    integral = step * float(np.sum(np.exp(log_q) * (log_q - log_p))) / math.sqrt(2 * math.pi)
    assert forward(LAYER, np, [np.full((1, 1), mu), np.full((1, 1), sigma)])[0] == pytest.approx(integral, rel=1e-9)


@both_namespaces
def test_gradient_is_the_slope(xp):
    check_gradient(LAYER.replace(weight=0.7), xp, BLOBS)


@both_namespaces
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_vanishing_deviation_gives_finite_numbers(xp, dtype):
    """Behaviour 38: log(0) and 1/0 before."""
    mu, sigma = np.zeros((1, 2), dtype), np.array([[0.0, 1e-30]], dtype)
    (loss,), (_, dsigma) = forward(LAYER, xp, [mu, sigma]), backward(LAYER, xp, [mu, sigma])
    assert loss == pytest.approx(2 * (20 * math.log(10) - 0.5), rel=1e-6)
    np.testing.assert_allclose(dsigma, np.full((1, 2), -1e20), rtol=1e-6)


def test_each_gradient_alone():
    check_gradients_are_independent(LAYER, BLOBS)


def test_weight():
    check_weight(LAYER, BLOBS)


def test_default_blobs():
    assert (LAYER.name, LAYER.bottoms) == ("gauss-kl-loss", ("mu", "sigma"))


def test_facts_and_statistics():
    """Behaviour 41: a mean over samples, not elements, on every backend."""
    check_facts(GaussianKLLossLayer, "encoder-loss")


def test_errors():
    check_errors(GaussianKLLossLayer)
