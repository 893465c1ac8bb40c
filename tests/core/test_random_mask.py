from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.identity import IdentityLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.random_mask import RandomMaskLayer
from mocha_core.net import Net
from mocha_core.random import Stream
from mocha_core.testing.backends import ReferenceBackend

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of

LAYER = RandomMaskLayer(name="mask", ratio=0.6, bottoms=["a", "b"])
SHAPES = ((3, 5), (2, 4, 3))


def draws() -> list[Host]:
    return [Stream(1, "mask", f"draw/{k}").uniform(shape) for k, shape in enumerate(SHAPES)]


@both_namespaces
def test_keeps_what_exceeds_the_ratio_and_scales_nothing(xp):
    xs, us = [grid(*shape) for shape in SHAPES], draws()
    for x, u, y in zip(xs, us, forward(LAYER, xp, xs, us), strict=True):
        for index in np.ndindex(*x.shape):
            assert y[index] == (x[index] if u[index] > 0.6 else 0)
        assert 0 < np.count_nonzero(y) < y.size


@both_namespaces
def test_gradient_is_the_slope(xp):
    check_gradient(LAYER, xp, [grid(*shape) for shape in SHAPES], draws())


def test_backward_needs_only_the_random_numbers():
    assert plan_of(LAYER, [grid(*shape) for shape in SHAPES]).saves == {"draws"}


def test_gradients_by_need():
    given = backward(LAYER, np, [grid(*shape) for shape in SHAPES], draws=draws(), wants=[True, False])
    assert [dx is None for dx in given] == [False, True]


def test_all_readers_of_both_blobs_see_them_masked():
    """Behaviour 28: old Mocha could run a reader of the shallower blob before the mask."""
    data = MemoryDataLayer(name="data", tops=["a", "b"], data=[np.ones((6, 9)), np.ones((6, 7))], batch_size=6)
    layers = [
        IdentityLayer(name="shallow", bottoms=["a"], tops=["a2"]),
        IdentityLayer(name="step", bottoms=["b"], tops=["deep"]),
        IdentityLayer(name="late", bottoms=["deep"], tops=["deep2"]),
        LAYER.replace(bottoms=["a", "deep"]),
        data,
    ]
    net = Net("n", ReferenceBackend(), layers, keep="all")
    net.forward()
    for top in ("a2", "deep2"):
        y = net.blob(top).to_array()
        assert 0 < np.count_nonzero(y) < y.size
    assert net.blob("b").to_array().all()


def test_in_the_test_phase_it_is_nothing_or_a_name():
    named = LAYER.replace(tops=["a2", "b2"])
    assert LAYER.in_phase("test") is None
    assert LAYER.in_phase("train") is LAYER
    assert named.in_phase("test") == IdentityLayer(name="mask", bottoms=["a", "b"], tops=["a2", "b2"])


@pytest.mark.parametrize("ratio", [0, 1, -0.5])
def test_ratio_must_lie_strictly_between_0_and_1(ratio):
    with pytest.raises(OptionError, match="more than 0 and less than 1"):
        LAYER.replace(ratio=ratio)


@pytest.mark.parametrize(
    ("blobs", "told"), [({"bottoms": []}, "names no blobs; write"), ({"tops": ["y"]}, "one top per bottom")]
)
def test_in_place_or_a_top_for_each_bottom(blobs, told):
    with pytest.raises(OptionError, match=told):
        LAYER.replace(**blobs)
