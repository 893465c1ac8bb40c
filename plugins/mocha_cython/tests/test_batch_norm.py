"""Compiled batch normalisation and scaling are the layers' own mathematics, at every level and for any threads."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import BatchNormLayer, ScaleLayer
from mocha_core.channels_last import ChannelsLast
from mocha_core.layer import Layer
from mocha_core.testing import Bottom, Case, ReferenceBackend, tolerance
from mocha_core.testing.rig import Rig
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython.kernels.batch_norm import BatchNorm
from mocha_cython.kernels.scale import Scale
from mocha_cython.machine import LEVELS

CHANNELS = (1, 3, 5, 16, 17, 20, 33, 70)
SIZES = ((1, 2), (7, 7), (13, 2), (2, 13), (7, 13))
NORM = BatchNormLayer(name="layer", bottoms=["x"], tops=["y"])
SCALE = ScaleLayer(name="layer", bottoms=["x"], tops=["y"])
LAYERS: list[tuple[Layer, str]] = [
    (NORM, "train"),
    (NORM, "test"),
    (NORM.replace(statistics="running", eps=0.5), "train"),
    (SCALE, "train"),
    (SCALE.replace(bias=True), "train"),
]
levels = pytest.mark.parametrize("isa", LEVELS[: best() + 1])
Values = dict[str, np.ndarray[Any, Any]]


def case(shape: tuple[int, ...], layer: Layer, phase: str = "train") -> Case:
    return Case(ChannelsLast.of(layer), (Bottom(shape),), phase=phase)


def cases() -> list[Case]:
    rest = itertools.cycle(zip(itertools.cycle(SIZES), (1, 2, 5) * 5, strict=False))
    kinds = itertools.product(LAYERS, CHANNELS, range(2))
    return [
        case((num, *size, channels), layer, phase)
        for ((layer, phase), channels, _), (size, num) in zip(kinds, rest, strict=False)
    ]


def run(each: Case, isa: str, threads: int, **asked: Any) -> Values:
    rig = Rig(each, CythonBackend(isa=isa, threads=threads), "float32", **asked)
    assert rig.choice.kernel in (BatchNorm, Scale), rig.choice
    return rig.run(forget=True)


def check(each: Case, isa: str, threads: int, **asked: Any) -> None:
    want = Rig(each, ReferenceBackend(), "float64", **asked).run()
    got = run(each, isa, threads, **asked)
    terms, size = int(np.prod(each.bottoms[0].shape[:3])), _steepest(each)
    assert want.keys() == got.keys()
    for name, values in want.items():
        limit = tolerance("float32", max(terms, 16), size * float(np.abs(values).max(initial=1)))
        np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} of {each}")


def _steepest(each: Case) -> float:
    """How much a normalisation by the moments of the batch enlarges differences, and rounding errors with them."""
    member: Any = each.layer.member  # type: ignore[attr-defined]
    if not isinstance(member, BatchNormLayer) or not member.uses_batch(each.phase):
        return 1.0
    x = each.bottoms[0].values(0)
    return max(1.0, float(1 / np.sqrt(x.var((0, 1, 2)).min() + member.eps)))


@levels
def test_every_layer_and_channel(isa: str) -> None:
    for index, each in enumerate(cases()):
        check(each, isa, 1 + index % 3)


@levels
@pytest.mark.parametrize(("layer", "phase"), LAYERS, ids=str)
def test_large_batches_are_split(isa: str, layer: Layer, phase: str) -> None:
    check(case((3, 31, 13, 33), layer, phase), isa, 3)


@levels
def test_gradients_that_nobody_wants_are_left_out(isa: str) -> None:
    layer = SCALE.replace(bias=True)
    for wants, trains in (([True], False), ([False], True)):
        check(case((2, 5, 7, 20), layer), isa, 2, wants=wants, trains=trains)


@levels
def test_moments_are_right_far_from_zero(isa: str) -> None:
    """Pixels spread by 1 around 1000: sums of squares in float32 would lose all of the variance."""
    rng = np.random.default_rng(0)
    x = (1000 + rng.standard_normal((8, 40, 41, 20))).astype("float32")
    rig = Rig(case(x.shape, NORM), CythonBackend(isa=isa, threads=3), "float32")
    rig.state.bottoms[0].set(x)
    for name in ("mean", "var", "count"):
        rig.state.params[name].set(np.zeros(rig.state.params[name].shape))
    rig.kernel.forward()
    exact = x.astype("float64")
    mean, var = (rig.state.params[name].to_array() for name in ("mean", "var"))
    assert np.abs(mean / exact.mean((0, 1, 2)) - 1).max() < 2 * np.finfo("float32").eps
    assert np.abs(var / exact.var((0, 1, 2), ddof=1) - 1).max() < 16 * np.finfo("float32").eps


def test_the_same_number_of_threads_gives_the_same_bits() -> None:
    for layer, phase in LAYERS:
        each = case((3, 31, 13, 33), layer, phase)
        for threads in (1, 2, 3):
            one, other = (run(each, LEVELS[best()], threads) for _ in range(2))
            assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_what_they_cannot_do_they_decline() -> None:
    backend = CythonBackend()
    others = [NORM.replace(axis=2), SCALE.replace(axis=2), SCALE.replace(num_axes=2)]
    for layer in others:
        assert Rig(case((2, 3, 4, 5), layer), backend, "float32").choice.kernel not in (BatchNorm, Scale)
    assert Rig(case((2, 3, 4, 5), NORM), backend, "float64").choice.kernel is not BatchNorm
