"""Factors, summands and slopes along any axes, from parameters and from blobs, in one piece and in many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import BiasLayer, PReLULayer, ScaleLayer
from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.testing import Case, ReferenceBackend, grid
from mocha_cuda.kernels import channels
from mocha_cuda.kernels.scale import Bias, PReLU, Scale

from .trying import WideDevice, bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler

SHAPES = ((4, 3, 5, 6), (7, 33, 3, 2), (9, 2, 19, 18), (12, 70))
PLACES: list[dict[str, int]] = [{}, {"axis": 0, "num_axes": -1}, {"num_axes": 0}, {"axis": 1, "num_axes": 2}]


@pytest.fixture(params=[2048, 1], ids=["one piece", "many"], autouse=True)
def pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In how many pieces sums are made."""
    monkeypatch.setattr(channels, "LEAST", request.param)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bias", [False, True])
def test_scale_of_channels(shape: tuple[int, ...], bias: bool):
    layer = ScaleLayer(name="s", bias=bias, bottoms=["x"], tops=["y"])
    check(Case(layer, bottoms(shape)), Scale)
    check(Case(layer, bottoms(shape)), Scale, simulated(WideDevice()), wants=(False,))
    check(Case(layer, bottoms(shape)), Scale, trains=False)
    if len(shape) == 4:
        check(Case(ChannelsLast.of(layer), bottoms(to_last(shape))), Scale)


@pytest.mark.parametrize("place", PLACES)
def test_other_places(place: dict[str, Any]):
    shape = (4, 3, 5, 6)
    check(Case(ScaleLayer(name="s", bias=True, bottoms=["x"], tops=["y"], **place), bottoms(shape)), Scale)
    check(Case(BiasLayer(name="b", bottoms=["x"], tops=["y"], **place), bottoms(shape)), Bias)


@pytest.mark.parametrize("small", [(4,), (4, 3), (4, 3, 5, 6)])
def test_blobs_as_factors_and_summands(small: tuple[int, ...]):
    for layer, kernel in (
        (ScaleLayer(name="s", axis=0, bias=True, bottoms=["x", "f"], tops=["y"]), Scale),
        (BiasLayer(name="b", axis=0, bottoms=["x", "f"], tops=["y"]), Bias),
    ):
        for wants in ((True, True), (True, False), (False, True)):
            check(Case(layer, bottoms((4, 3, 5, 6), small)), kernel, wants=wants)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shared", [False, True])
def test_learned_slopes(shape: tuple[int, ...], shared: bool):
    layer = PReLULayer(name="p", shared=shared, bottoms=["x"], tops=["y"])
    check(Case(layer, bottoms(shape)), PReLU)
    check(Case(layer, bottoms(shape)), PReLU, wants=(False,))


def test_a_slope_at_the_kink_and_at_nan():
    x = np.array([[[0.0, np.nan, -1.0, 1.0]]], "float32")
    case, dy = Case(PReLULayer(name="p", bottoms=["x"], tops=["y"]), bottoms(x.shape)), grid(x.shape)
    want, got = (outcome(case, backend, [x], dy) for backend in (ReferenceBackend(), simulated()))
    for name, values in want.items():
        np.testing.assert_allclose(got[name], values, rtol=1e-6, err_msg=name)
