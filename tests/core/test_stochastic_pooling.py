from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.stochastic_pooling import StochasticPoolingLayer
from mocha_core.neurons import Neurons

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

DRAW = StochasticPoolingLayer(name="pool", kernel=2, stride=2, bottoms=["x"], tops=["y"])
MEAN = DRAW.replace(sample=False)
WINDOW = np.array([1.0, 2.0, 0.0, 5.0])


def windows(x, kernel=2, stride=2):
    """By the ceil rule, each as a list of its elements in the image."""
    rows, columns = (-(-(side - kernel) // stride) + 1 for side in x.shape[2:])
    for n, c, i, j in np.ndindex(*x.shape[:2], rows, columns):
        down, right = i * stride, j * stride
        yield (n, c, i, j), x[n, c, down : down + kernel, right : right + kernel].ravel().tolist()


@both_namespaces
def test_the_element_up_to_which_they_add_up_to_a_part_u(xp):
    x = grid(2, 3, 5, 4) + 2
    u = np.random.default_rng(0).uniform(size=(2, 3, 3, 2))
    (y,) = forward(DRAW, xp, [x], [u])
    for index, cells in windows(x):
        sums = np.cumsum(cells)
        assert y[index] == cells[int(np.argmax(sums >= u[index] * sums[-1]))]


@both_namespaces
def test_testing_takes_the_mean_weighted_by_the_elements(xp):
    x = grid(2, 3, 5, 4) + 2
    (y,) = forward(MEAN, xp, [x])
    for index, cells in windows(x):
        assert y[index] == pytest.approx(sum(c * c for c in cells) / sum(cells), abs=tolerance(4, 16.0))


def test_each_element_is_drawn_as_often_as_its_size_says():
    """Of n windows an element with the chance p is drawn n p times, with the deviation sqrt(n p (1 - p)); 5 allowed."""
    n = 4000
    x = np.broadcast_to(WINDOW.reshape(2, 2), (n, 1, 2, 2))
    u = np.random.default_rng(1).uniform(size=(n, 1, 1, 1))
    counts = Counter(forward(DRAW, np, [x], [u])[0].ravel().tolist())
    assert counts[0.0] == 0
    for value in (1.0, 2.0, 5.0):
        p = value / 8
        assert abs(counts[value] - n * p) < 5 * np.sqrt(n * p * (1 - p))


@both_namespaces
def test_the_gradient_goes_to_the_element_drawn(xp):
    (dx,) = backward(DRAW, xp, [WINDOW.reshape(1, 1, 2, 2)], [np.full((1, 1, 1, 1), 3.0)], [np.full((1, 1, 1, 1), 0.3)])
    assert dx.ravel().tolist() == [0, 3, 0, 0]


@both_namespaces
def test_the_gradient_of_the_mean_is_its_slope(xp):
    check_gradient(MEAN, xp, [grid(2, 2, 5, 4) + 2.5])


@both_namespaces
@pytest.mark.parametrize("layer", [DRAW, MEAN], ids=["draw", "mean"])
def test_nothing_but_zeros(xp, layer):
    x, u = np.zeros((1, 1, 2, 2)), np.full((1, 1, 1, 1), 0.5)
    assert forward(layer, xp, [x], [u])[0].item() == 0
    (dx,) = backward(layer, xp, [x], None, [u])
    assert np.isfinite(dx).all()


@both_namespaces
@pytest.mark.parametrize("layer", [DRAW, MEAN], ids=["draw", "mean"])
def test_nan_shows(xp, layer):
    x = np.array([[[[1.0, np.nan], [2.0, 3.0]]]])
    assert np.isnan(forward(layer, xp, [x], [np.full((1, 1, 1, 1), 0.1)])[0].item())


def test_phases_and_draws():
    assert DRAW.in_phase("test") == MEAN
    assert DRAW.in_phase("train") is DRAW
    assert DRAW.replace(phases=["test"]).in_phase("train") is None
    assert [draw.shape for draw in plan_of(DRAW, [grid(2, 3, 5, 4)]).draws] == [(2, 3, 3, 2)]
    assert plan_of(MEAN, [grid(2, 3, 5, 4)]).draws == ()


def test_a_neuron_follows():
    pool, neuron = DRAW.replace(neuron=Neurons.Tanh()).parts()
    assert pool == DRAW
    assert neuron.bottoms == ("y",)


def test_errors():
    with pytest.raises(OptionError, match="one top per bottom"):
        DRAW.replace(tops=["a", "b"])
    with pytest.raises(ShapeError, match="does not fit on 2 x 3 x 1 x 4"):
        plan_of(DRAW.replace(round_mode="floor"), [grid(2, 3, 1, 4)])
