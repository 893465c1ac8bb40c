from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers import ContrastiveLossLayer

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of, tolerance

LAYER = ContrastiveLossLayer(name="loss", bottoms=["a", "b", "same"], margin=1.5, weight=0.5)
SAME = np.array([[1.0], [0], [0], [1], [0]])
BLOBS = [grid(5, 2, 3) / 2, grid(5, 2, 3, seed=1) / 2, SAME]
both_versions = pytest.mark.parametrize("legacy", [False, True])


def naive(a: Host, b: Host, same: Host, legacy: bool) -> float:
    terms = []
    for x, y, alike in zip(a, b, same.ravel(), strict=True):
        square = math.fsum((p - q) ** 2 for p, q in zip(x.ravel(), y.ravel(), strict=True))
        apart = max(1.5 - square, 0) if legacy else max(1.5 - math.sqrt(square), 0) ** 2
        terms.append(square if alike else apart)
    return 0.5 * math.fsum(terms) / (2 * len(a))


@both_namespaces
@both_versions
def test_against_a_loop(xp, legacy):
    near = [d < 1.5 for d in np.sqrt(((BLOBS[0] - BLOBS[1]) ** 2).sum(axis=(1, 2)))]
    assert set(near[1:3]) | {near[4]} == {True, False}
    layer = LAYER.replace(legacy=legacy)
    for a, b in ((BLOBS[0], BLOBS[1]), (BLOBS[0], BLOBS[1].reshape(5, 6))):
        assert forward(layer, xp, [a, b, SAME])[0] == pytest.approx(naive(*BLOBS, legacy), rel=tolerance(30))


@both_namespaces
def test_gradient_of_the_legacy_version_is_the_slope(xp):
    check_gradient(LAYER.replace(legacy=True), xp, BLOBS)


@both_namespaces
def test_gradient_is_the_slope_but_for_a_little_in_the_divisor(xp):
    """Of a pair that must part, (margin - d) / d becomes (margin - d) / (d + 1e-4), as in Caffe."""
    da, db, none = backward(LAYER, xp, BLOBS)
    gap = BLOBS[0] - BLOBS[1]
    for n in range(5):
        d = math.sqrt((gap[n] ** 2).sum())
        times = 1 if SAME[n, 0] else -max(1.5 - d, 0) / (d + 1e-4)
        np.testing.assert_allclose(da[n], 0.5 / 5 * times * gap[n], atol=tolerance(6, 1.0))
    np.testing.assert_array_equal(db, -da)
    assert none is None


@both_namespaces
@both_versions
def test_of_equal_samples(xp, legacy):
    """The distance has no derivative at 0."""
    a = grid(2, 3)
    da, _, _ = backward(LAYER.replace(legacy=legacy), xp, [a, a, np.array([[1.0], [0.0]])])
    np.testing.assert_array_equal(da, 0)


def test_each_gradient_alone():
    both = backward(LAYER, np, BLOBS)
    assert backward(LAYER, np, BLOBS, wants=[False, True, False])[0] is None
    np.testing.assert_array_equal(backward(LAYER, np, BLOBS, wants=[False, True, False])[1], both[1])


def test_facts():
    plan = plan_of(LAYER, BLOBS)
    assert (plan.items, plan.tops[0].shape, plan.constants) == (5, (), (2,))
    assert LAYER.report(0.5) == {"contrastive-loss": 0.5}


def test_impossible_options_and_shapes():
    with pytest.raises(OptionError, match="margin=0"):
        LAYER.replace(margin=0)
    with pytest.raises(OptionError, match="needs 3 bottoms, got 2"):
        LAYER.replace(bottoms=["a", "b"])
    with pytest.raises(ShapeError, match=r"same number of elements, got 5 x 2 x 3 and 5 x 2"):
        plan_of(LAYER, [BLOBS[0], grid(5, 2), SAME])
    with pytest.raises(ShapeError, match=r"'same' is 4 x 1, and it must say for each of 5 pairs"):
        plan_of(LAYER, [*BLOBS[:2], SAME[:4]])
