"""Convolutions without a library, by each tile, and by matrix products: the layer's own mathematics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import ConvolutionLayer, Neurons
from mocha_core.testing import Case, ReferenceBackend, Rig
from mocha_cuda import CudaBackend
from mocha_cuda.kernels.convolution import LibraryConvolution, SmallConvolution, direct, im2col, joined, kernel
from mocha_cuda.kernels.tiles import TILES

from .convolutions import NEURONS, OPTIONS, convolution
from .trying import bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler


@pytest.fixture(params=TILES, ids=lambda tile: f"{tile.rows}x{tile.columns}")
def _tile(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tile for every product."""
    monkeypatch.setattr(direct, "tile_for", lambda *sizes: request.param)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> CudaBackend:
    """A backend on which nothing is small enough for the kernels of this package."""
    for module in (joined, kernel):
        monkeypatch.setattr(module, "why_not", lambda *_: "a library is asked for")
    return simulated()


@pytest.mark.usefixtures("_tile")
@pytest.mark.parametrize(("options", "shape"), OPTIONS)
def test_every_geometry(options: dict[str, Any], shape: tuple[int, ...]):
    check(convolution(options, shape), SmallConvolution)


@pytest.mark.parametrize("neuron", NEURONS[1:], ids=repr)
def test_neurons_and_what_is_wanted(neuron: Any):
    for options, shape in OPTIONS[2:4]:
        for wants, trains in (((True,), True), ((False,), True), ((True,), False)):
            check(convolution(options, shape, neuron), SmallConvolution, wants=wants, trains=trains)


@pytest.mark.usefixtures("_tile")
def test_images_that_end_within_a_vector():
    """Of 1, 2, 3, 5 places each, so that four neighbours of a thread lie on several images."""
    for places in (1, 2, 3, 5):
        check(convolution({"n_filter": 5, "kernel": 1}, (9, 3, 1, places), Neurons.Tanh()), SmallConvolution)


@pytest.mark.parametrize("chunk", [1 << 28, 1], ids=["all at once", "image by image"])
@pytest.mark.parametrize(("options", "shape"), OPTIONS)
def test_by_matrix_products(
    options: dict[str, Any], shape: tuple[int, ...], chunk: int, library: CudaBackend, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(im2col, "LIMIT", chunk)
    for neuron in NEURONS:
        check(convolution(options, shape, neuron), LibraryConvolution, library)


def test_several_bottoms_share_the_filters(library: CudaBackend, monkeypatch: pytest.MonkeyPatch):
    layer = ConvolutionLayer(name="c", n_filter=5, kernel=(3, 2), bottoms=["x", "z", "u"], tops=["y", "w", "v"])
    case = Case(layer, bottoms(*[(2, 3, 6, 7)] * 3))
    check(case, LibraryConvolution, library)
    monkeypatch.undo()
    check(case, SmallConvolution)


def test_pieces_of_the_outputs(monkeypatch: pytest.MonkeyPatch):
    """The gradient by the filters in one piece and in many, some of them empty."""
    for least, most in ((1 << 20, 64), (1, 3), (1, 64)):
        monkeypatch.setattr(direct, "LEAST", least)
        monkeypatch.setattr(direct, "MOST", most)
        check(convolution(*OPTIONS[3]), SmallConvolution)
        check(convolution({"n_filter": 2, "kernel": 1}, (1, 2, 3, 3)), SmallConvolution)


def test_the_same_bits_every_time():
    for options, shape in OPTIONS:
        one, other = (check(convolution(options, shape), SmallConvolution) for _ in range(2))
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])


def test_nan_reaches_what_sees_it_only():
    case = convolution(OPTIONS[2][0], OPTIONS[2][1], Neurons.ReLU())
    x = Rig(case, ReferenceBackend()).bottom_values()[0].copy()
    x[1, 2, 3, 4] = np.nan
    dy = np.ones(case.plan("float64").tops[0].shape)
    want, got = (outcome(case, backend, [x], dy) for backend in (ReferenceBackend(), simulated()))
    assert np.isnan(want["top 0"]).any()
    for name, values in want.items():
        np.testing.assert_array_equal(np.isnan(got[name]), np.isnan(values), err_msg=name)


def test_other_precisions_go_to_the_library():
    rig = Rig(convolution(*OPTIONS[1]), simulated(math="tf32"), "float32")
    assert rig.choice.kernel is LibraryConvolution
    want = Rig(convolution(*OPTIONS[1]), ReferenceBackend(), "float64").run()
    for name, values in rig.run().items():
        error = float(np.abs(values - want[name]).max())
        assert error < 2.0**-11 * 4 * np.sqrt(rig.case.terms()), name


def test_what_is_left_to_the_generic_kernel():
    layer = ConvolutionLayer(name="c", n_filter=2, kernel=3, bottoms=["x"], tops=["y"])
    with pytest.raises(AssertionError, match="other axes than height and width"):
        check(Case(layer, bottoms((2, 3, 7))), SmallConvolution)
