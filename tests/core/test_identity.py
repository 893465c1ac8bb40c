from __future__ import annotations

import numpy as np

from mocha_core.layers.identity import IdentityLayer

from .layer_math import backward, both_namespaces, forward, grid, plan_of

LAYER = IdentityLayer(bottoms=["a", "b"], tops=["c", "d"])


@both_namespaces
def test_passes_values_and_gradients_on(xp):
    a, b, dc, dd = grid(2, 3), grid(4, 1, 2), grid(2, 3, seed=1), grid(4, 1, 2, seed=2)
    for given, expected in zip(forward(LAYER, xp, [a, b]), [a, b], strict=True):
        np.testing.assert_array_equal(given, expected)
    for given, expected in zip(backward(LAYER, xp, [a, b], [dc, dd]), [dc, dd], strict=True):
        np.testing.assert_array_equal(given, expected)


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(2, 3), grid(2, 2)], wants=[False, True])[0] is None


def test_each_top_is_its_bottoms_bytes():
    plan = plan_of(LAYER, [grid(2, 3), grid(4, 1, 2)])
    assert plan.views == ((0, 0), (1, 1))
    assert plan.saves == frozenset()
