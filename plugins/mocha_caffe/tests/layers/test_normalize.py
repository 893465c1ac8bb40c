"""NormalizeLayer against its definition, number by number."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from mocha_caffe.layers import NormalizeLayer
from mocha_core import OptionError, ShapeError, Values
from mocha_core.testing import grid, tolerance

from .running import plan_of

X, DY = grid((2, 3, 4, 5)), grid((2, 3, 4, 5), seed=1)
LAYER = NormalizeLayer(name="norm", bottoms=["x"], tops=["y"], eps=0.01)
KINDS = list(itertools.product([True, False], [True, False]))
TOLERANCE = tolerance("float64", X.size, 3.0)


def scales(shared):
    return np.array(1.5) if shared else np.array([1.5, -0.5, 2.0])


def naive(x, across, scale):
    y = np.empty_like(x)
    for n, c, i, j in np.ndindex(*x.shape):
        near = x[n] if across else x[n, :, i, j]
        y[n, c, i, j] = scale.reshape(-1)[c % scale.size] * x[n, c, i, j] / math.sqrt((near**2).sum() + 0.01)
    return y


def slope(of, at, step=1e-6):
    """The central difference by the number at that place of X."""
    there = np.zeros_like(X)
    there[at] = step
    return (of(X + there) - of(X - there)) / (2 * step)


@pytest.mark.parametrize(("across", "shared"), KINDS)
def test_normalize_across_spatial_and_channel_shared(across, shared):
    layer = LAYER.replace(across_spatial=across, channel_shared=shared)
    scale = scales(shared)
    assert plan_of(layer, X).params[0].shape == scale.shape
    (y,) = layer.forward(np, Values(xs=(X,), params={"scale": scale}))
    np.testing.assert_allclose(y, naive(X, across, scale), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(("across", "shared"), KINDS)
def test_its_gradients(across, shared):
    layer = LAYER.replace(across_spatial=across, channel_shared=shared)
    scale = scales(shared)
    found = layer.backward(np, Values(xs=(X,), dys=(DY,), wants=(True,), params={"scale": scale}))
    slopes = [slope(lambda x: (naive(x, across, scale) * DY).sum(), at) for at in np.ndindex(*X.shape)]
    np.testing.assert_allclose(found.xs[0], np.reshape(slopes, X.shape), rtol=0, atol=1e-7)
    unit = naive(X, across, np.ones(1)) * DY
    wanted = unit.sum() if shared else unit.sum(axis=(0, 2, 3))
    np.testing.assert_allclose(found.params["scale"], wanted, rtol=0, atol=TOLERANCE)


def test_a_sample_of_zeros_stays():
    (y,) = LAYER.replace(eps=1e-10).forward(np, Values(xs=(0 * X,), params={"scale": scales(True)}))
    assert not y.any()


def test_what_is_refused():
    with pytest.raises(OptionError, match=r"layer 'norm'.*eps=-1 must"):
        LAYER.replace(eps=-1)
    with pytest.raises(ShapeError, match="a blob of 2 has no channels"):
        plan_of(LAYER, X[:, 0, 0, 0])
