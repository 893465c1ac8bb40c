from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import DataError, OptionError
from mocha_core.layers.embedding import EmbeddingLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.net import Net
from mocha_core.testing.backends import ReferenceBackend

from .running import backward, forward, on_numpy_and_strict, parameters, plan

LAYER = EmbeddingLayer(name="words", input_dim=6, output_dim=4, bottoms=["x"], tops=["y"])
X = np.array([[0.0, 5.0, 2.0], [2.0, 2.0, 4.0]])


@on_numpy_and_strict
@pytest.mark.parametrize("bias", [True, False])
def test_a_row_for_each_number(xp, bias):
    layer = LAYER.replace(bias=bias)
    params = parameters(layer, [X])
    (y,) = forward(xp, layer, [X], params)
    assert y.shape == (2, 3, 4)
    for place in np.ndindex(*X.shape):
        row = params["weight"][int(X[place])] + (params["bias"] if bias else 0)
        np.testing.assert_array_equal(y[place], row)


@on_numpy_and_strict
def test_gradients_of_a_row_are_summed_over_its_places(xp):
    dy = np.random.default_rng(0).normal(size=(2, 3, 4))
    (dx,), grads = backward(xp, LAYER, [X], [dy], wants=(False,))
    weight, bias = np.zeros((6, 4)), np.zeros(4)
    for place in np.ndindex(*X.shape):
        weight[int(X[place])] += dy[place]
        bias += dy[place]
    assert dx is None
    bound = 8 * np.finfo(float).eps * np.abs(dy).sum()
    np.testing.assert_allclose(grads["weight"], weight, rtol=0, atol=bound)
    np.testing.assert_allclose(grads["bias"], bias, rtol=0, atol=bound)
    assert not grads["weight"][[1, 3]].any()


@on_numpy_and_strict
@pytest.mark.parametrize("places", [1, 2, 7, 64, 257])
def test_many_places_of_few_rows(xp, places):
    """Sums of whole numbers, which have no rounding."""
    rng = np.random.default_rng(places)
    x, dy = rng.integers(0, 6, (places,)).astype(float), rng.integers(-9, 10, (places, 4)).astype(float)
    _, grads = backward(xp, LAYER, [x], [dy], wants=(False,))
    np.testing.assert_array_equal(grads["weight"], [dy[x == k].sum(axis=0) for k in range(6)])


def test_the_numbers_get_no_gradient():
    assert plan(LAYER, [X]).constants == (0,)


def test_parameters_and_their_fans():
    weight, bias = plan(LAYER, [X]).params
    assert (weight.name, weight.shape, weight.fan_in) == ("weight", (6, 4), 4)
    assert (bias.name, bias.shape, bias.rate) == ("bias", (4,), 2.0)
    assert [p.name for p in plan(LAYER.replace(bias=False), [X]).params] == ["weight"]


@on_numpy_and_strict
@pytest.mark.parametrize("bad", [-1.0, 6.0, 1e20, np.nan, np.inf])
def test_a_computed_number_that_is_no_row_gives_nan_and_no_gradient(xp, bad):
    """As on devices, which cannot raise an error; a number from the data or an input is refused."""
    x = np.array([1.0, bad, 5.0])
    (y,) = forward(xp, LAYER, [x], parameters(LAYER, [x]))
    assert np.isnan(y).all(axis=1).tolist() == [False, True, False]
    _, grads = backward(xp, LAYER, [x], [np.ones((3, 4))], wants=(False,))
    assert grads["weight"].sum(axis=1).tolist() == [0, 4, 0, 0, 0, 4]


@pytest.mark.parametrize("bad", [-1.0, 6.0])
def test_a_number_without_a_row_is_an_error(bad):
    data = MemoryDataLayer(name="data", tops=["x"], data=[np.array([[0.0, bad]])], batch_size=1)
    with pytest.raises(DataError, match=rf"'words': blob 'x' holds the row number {bad:g} in sample 0 "):
        Net("n", ReferenceBackend(), [data, LAYER]).forward()


@pytest.mark.parametrize("options", [{"input_dim": 0}, {"output_dim": 0}])
def test_sizes_are_positive(options):
    with pytest.raises(OptionError, match="must be at least 1"):
        LAYER.replace(**options)
