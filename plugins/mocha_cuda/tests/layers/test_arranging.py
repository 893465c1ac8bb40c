"""Numbers that are only moved: every axis, shapes that no tile and no block fits on."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    ConcatLayer,
    CropLayer,
    FlattenLayer,
    IdentityLayer,
    PermuteLayer,
    ReshapeLayer,
    SliceLayer,
    SplitLayer,
)
from mocha_core.channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast, to_last
from mocha_core.testing import Case
from mocha_cuda.kernels.copies import Concat, Slice, Split, Views
from mocha_cuda.kernels.crop import Crop
from mocha_cuda.kernels.reorder import Permute, ToFirst, ToLast, merged

from .trying import WideDevice, bottoms, check, needs_compiler, simulated

pytestmark = needs_compiler

IMAGES = ((2, 3, 5, 7), (1, 33, 4, 8), (3, 32, 1, 32), (2, 65, 9, 5), (2, 1, 6, 5), (4, 40, 1, 1))


@pytest.mark.parametrize("shape", IMAGES)
def test_to_channels_last_and_back(shape: tuple[int, ...]):
    check(Case(ToChannelsLast(name="l", bottoms=["x"], tops=["y"]), bottoms(shape)), ToLast)
    check(Case(ToChannelsFirst(name="f", bottoms=["x"], tops=["y"]), bottoms(to_last(shape))), ToFirst)


def test_every_order_of_four_axes():
    for order in itertools.permutations(range(4)):
        layer = PermuteLayer(order=order, bottoms=["x"], tops=["y"])
        check(Case(layer, bottoms((3, 5, 4, 7))), Permute)


@pytest.mark.parametrize("shape", [(1, 6, 1, 9, 1), (2, 1, 3, 1, 4), (1, 1, 1, 1, 1)])
def test_axes_of_one(shape: tuple[int, ...]):
    for order in ((4, 3, 2, 1, 0), (1, 0, 3, 2, 4), (3, 4, 0, 1, 2)):
        check(Case(PermuteLayer(order=order, bottoms=["x"], tops=["y"]), bottoms(shape)), Permute)


def test_merging_axes_is_the_same_permutation():
    random = np.random.default_rng(0)
    for _ in range(200):
        shape = tuple(int(n) for n in random.integers(1, 4, random.integers(1, 6)))
        order = tuple(int(k) for k in random.permutation(len(shape)))
        x = np.arange(np.prod(shape)).reshape(shape)
        fewer, turned = merged(shape, order)
        assert len(fewer) <= len(shape)
        assert 1 not in fewer
        got = x.reshape(fewer).transpose(turned).reshape(-1) if fewer else x.reshape(-1)
        np.testing.assert_array_equal(got, x.transpose(order).reshape(-1))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_joining_and_cutting(axis: int):
    shapes = [(2, 3, 4), (2, 3, 4), (2, 3, 4)]
    for k, size in enumerate((1, 5, 300)):
        parts = [list(shape) for shape in shapes]
        parts[k][axis] = size
        given = bottoms(*map(tuple, parts))
        for device in (None, WideDevice()):
            layer = ConcatLayer(axis=axis, bottoms=["a", "b", "c"], tops=["y"])
            check(Case(layer, given), Concat, simulated(device))
        check(Case(layer, given), Concat, wants=(False, True, False))
    cut = SliceLayer(axis=axis, slice_points=[1, 3], bottoms=["x"], tops=["a", "b", "c"])
    check(Case(cut, bottoms((4, 7, 5))), Slice)


def test_one_bottom_joined_and_one_top_cut():
    check(Case(ConcatLayer(bottoms=["a"], tops=["y"]), bottoms((2, 3))), Concat)
    check(Case(SliceLayer(bottoms=["a"], tops=["y"]), bottoms((2, 3))), Slice)


def test_joining_and_cutting_images_with_channels_last():
    for axis in (0, 1, 2, -1):
        joint = ChannelsLast.of(ConcatLayer(axis=axis, bottoms=["a", "b"], tops=["y"]))
        check(Case(joint, bottoms((2, 4, 6, 3), (2, 4, 6, 3))), Concat)
        cut = ChannelsLast.of(SliceLayer(axis=axis, bottoms=["a"], tops=["y", "z"]))
        check(Case(cut, bottoms((2, 4, 6, 8))), Slice)


@pytest.mark.parametrize("tops", [1, 2, 4])
@pytest.mark.parametrize("no_copy", [False, True])
def test_splits(tops: int, no_copy: bool):
    layer = SplitLayer(no_copy=no_copy, bottoms=["x"], tops=[f"y{k}" for k in range(tops)])
    for shape in ((3, 5), (2, 1030)):
        check(Case(layer, bottoms(shape)), Split)


def test_other_names_and_shapes():
    for layer in (
        IdentityLayer(bottoms=["x"], tops=["y"]),
        FlattenLayer(bottoms=["x"], tops=["y"]),
        ReshapeLayer(shape=(6, 4), bottoms=["x"], tops=["y"]),
    ):
        check(Case(layer, bottoms((2, 3, 4, 2))), Views)


@pytest.mark.parametrize("options", [{}, {"random_crop": True}, {"random_mirror": True}])
def test_crops(options: dict[str, Any]):
    layer = CropLayer(crop_size=(4, 5), bottoms=["x", "z"], tops=["y", "w"], **options)
    for phase in ("train", "test"):
        chosen = layer.in_phase(phase)
        assert chosen is not None
        check(Case(chosen, bottoms((9, 3, 7, 6), (2, 1, 4, 5)), phase), Crop)
