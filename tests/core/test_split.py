from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.split import SplitLayer

from .layer_math import backward, both_namespaces, check_gradient, forward, grid, plan_of

LAYER = SplitLayer(bottoms=["x"], tops=["a", "b", "c"])


@both_namespaces
@pytest.mark.parametrize("no_copy", [False, True])
def test_every_top_is_the_bottom_and_gradients_are_summed(xp, no_copy):
    layer, x = LAYER.replace(no_copy=no_copy), grid(2, 3)
    for y in forward(layer, xp, [x]):
        np.testing.assert_array_equal(y, x)
    dys = [grid(2, 3, seed=k) for k in range(3)]
    before = [dy.copy() for dy in dys]
    (dx,) = backward(layer, xp, [x], dys)
    np.testing.assert_array_equal(dx, dys[0] + dys[1] + dys[2])
    np.testing.assert_array_equal(dys, before)


@both_namespaces
def test_gradient_is_the_slope(xp):
    check_gradient(LAYER, xp, [grid(2, 3)])


def test_no_gradient_where_none_is_wanted():
    assert backward(LAYER, np, [grid(2, 3)], wants=[False]) == (None,)


def test_who_may_share_memory():
    """Behaviour 29: with copies only the first top may lie on the bottom, and only where nobody needs that again."""
    x = [grid(2, 3)]
    assert (plan_of(LAYER, x).views, plan_of(LAYER, x).overlays) == ((), ((0, 0),))
    shared = plan_of(LAYER.replace(no_copy=True), x)
    assert (shared.views, shared.overlays) == (((0, 0), (1, 0), (2, 0)), ())


@pytest.mark.parametrize(("bottoms", "tops"), [([], ["a"]), (["x", "y"], ["a"]), (["x"], [])])
def test_one_bottom_and_some_tops(bottoms, tops):
    with pytest.raises(OptionError, match="needs one bottom and at least one top"):
        SplitLayer(bottoms=bottoms, tops=tops)
