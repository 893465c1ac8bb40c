"""Batch normalisation: one piece and many, both layouts, and variances of numbers far from 0 to the last bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import BatchNormLayer, Net
from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.testing import Case, ReferenceBackend, Rig, grid, tolerance
from mocha_cuda import CudaBackend
from mocha_cuda.kernels import channels
from mocha_cuda.kernels.batch_norm import BatchNorm, channels_of
from mocha_cuda.simulation import SimulatedDevice

from ..nets import layers
from .trying import Values, bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler

SHAPES = ((4, 3, 5, 6), (1, 1, 2, 3), (7, 33, 3, 2), (9, 2, 19, 18), (12, 70), (2, 3, 4, 5, 2))


@pytest.fixture(params=[2048, 1], ids=["one piece", "many"])
def pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In how many pieces sums are made."""
    monkeypatch.setattr(channels, "LEAST", request.param)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("phase", ["train", "test"])
def test_every_shape(shape: tuple[int, ...], phase: str):
    layer = BatchNormLayer(name="bn", bottoms=["x"], tops=["y"], moving_average=0.9)
    check(Case(layer, bottoms(shape), phase), BatchNorm)
    if len(shape) == 4:
        check(Case(ChannelsLast.of(layer), bottoms(to_last(shape)), phase), BatchNorm)


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("options", [{"axis": 2}, {"statistics": "batch"}, {"statistics": "running"}])
def test_options(options: dict[str, Any]):
    layer = BatchNormLayer(name="bn", bottoms=["x"], tops=["y"], **options)
    for phase in ("train", "test"):
        check(Case(layer, bottoms((3, 4, 6, 5)), phase), BatchNorm)


def test_frozen_it_is_that_with_running_averages():
    """In a net, where its memory is that of the other form."""
    found = []
    for statistics in ("phase", "running"):
        backend = CudaBackend(device=SimulatedDevice(), seed=3)
        given = [each.replace(statistics=statistics) if isinstance(each, BatchNormLayer) else each for each in layers()]
        with Net("n", backend, given, gradients=["data"]) as net:
            net.init()
            averages = {p.spec.name: p.blob for p in net.all_parameters if p.key == "bn"}
            averages["mean"].fill(0.5)
            averages["var"].fill(3)
            net.freeze("bn")
            losses = [net.forward_backward() for _ in range(2)]
            gradients = [t.diff.to_array() for t in net.trainable] + [net.diff("data").to_array()]
            assert averages["count"].to_array() == 0
            assert (averages["mean"].to_array() == 0.5).all()
        found.append((losses, gradients))
    (losses, gradients), (wanted, truths) = found
    assert losses == wanted
    assert all(np.array_equal(one, other) for one, other in zip(gradients, truths, strict=True))


def test_many_pieces_are_many(monkeypatch: pytest.MonkeyPatch):
    """Else the fixture above would look at nothing."""
    case = Case(BatchNormLayer(name="bn", bottoms=["x"], tops=["y"]), bottoms((9, 2, 19, 18)))
    rig = Rig(case, simulated(), "float32")
    assert channels_of(rig.backend, rig.site).pieces == 1
    monkeypatch.setattr(channels, "LEAST", 1)
    assert channels_of(rig.backend, rig.site).pieces == 8


@pytest.mark.usefixtures("pieces")
def test_numbers_far_from_zero_keep_their_variance():
    """A mean 10000 times the deviation: the result is as near to float64's as the rounded input lets it be."""
    shape = (6, 3, 7, 5)
    x = (1e4 + grid(shape, 1)).astype("float32")
    want, got = _both(shape, x)
    assert np.abs(got["top 0"] - want["top 0"]).max() < 1e-5
    np.testing.assert_allclose(got["state var"], want["state var"], rtol=1e-5)
    np.testing.assert_allclose(got["state mean"], want["state mean"], rtol=1e-7)


@pytest.mark.usefixtures("pieces")
def test_an_outlier_that_comes_first():
    """Sums about it would cancel; each thread has few numbers, so what is lost is the rounding of the outlier."""
    x = grid((8, 2, 9, 9), 1).astype("float32")
    x[0, :, 0, 0] = 1e4
    want, got = _both(x.shape, x)
    np.testing.assert_allclose(got["state var"], want["state var"], rtol=1e-5)
    limit = tolerance("float32", 1, float(np.abs(want["top 0"]).max()))
    np.testing.assert_allclose(got["top 0"], want["top 0"], rtol=0, atol=limit)


def test_nan_stays_in_its_channel():
    x = grid((3, 2, 4, 4), 1).astype("float32")
    x[1, 0, 2, 2] = np.nan
    got = outcome(Case(BatchNormLayer(name="bn", bottoms=["x"], tops=["y"]), bottoms(x.shape)), simulated(), [x], None)
    assert np.isnan(got["top 0"][:, 0]).all()
    assert np.isfinite(got["top 0"][:, 1]).all()


def _both(shape: tuple[int, ...], x: Any) -> tuple[Values, Values]:
    layer = BatchNormLayer(name="bn", bottoms=["x"], tops=["y"], moving_average=0.0, warm_up=False)
    case, dy = Case(layer, bottoms(shape)), grid(shape, 2)
    want, got = (outcome(case, backend, [x], dy) for backend in (ReferenceBackend(), simulated()))
    return want, got
