"""SPP, Im2col and Crop against the real Caffe, with the values that it computed in double precision."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_caffe.layers import CropLikeLayer, Im2colLayer, SPPLayer
from mocha_core import Layer, Pooling
from mocha_core.testing import ReferenceBackend
from tests.oracles.dumps import Arrays, assert_agrees
from tests.oracles.vision_layers import BUILT, CONVOLUTIONS, NORMALISATIONS, POOLINGS
from tests.oracles.zoo import Results, caffe_zoo, ours_and_caffes, run

CROPS = (
    CropLikeLayer(name="crop_sp", bottoms=["x", "ref_in"], tops=["crop_sp"], offsets=[1, 2]),
    CropLikeLayer(name="crop_axis1", bottoms=["x", "ref_in"], tops=["crop_axis1"], axis=1, offsets=[1]),
)
LAYERS: tuple[Layer, ...] = (
    Im2colLayer(name="im2col", bottoms=["x"], tops=["im2col"], kernel=3, stride=2, pad=1),
    Im2colLayer(name="im2col_dil", bottoms=["x"], tops=["im2col_dil"], kernel=2, dilation=2),
    SPPLayer(name="spp_max", bottoms=["x"], tops=["spp_max"], levels=3),
    SPPLayer(name="spp_ave", bottoms=["x"], tops=["spp_ave"], levels=2, pooling=Pooling.Mean()),
    *CROPS,
)


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    return caffe_zoo(shared, "zoo_vision")


@pytest.fixture(scope="module")
def ours(caffe: Arrays) -> Results:
    """With all other layers that read x, so that its gradient is whole."""
    others = (*CONVOLUTIONS, *POOLINGS, *NORMALISATIONS)
    return run(ReferenceBackend(), caffe, [*others, *LAYERS], ["x"], constants=["ref_in"])


def test_nothing_of_the_core_stands_in_for_these() -> None:
    assert {layer.name for layer in BUILT if "/" not in layer.name} <= {layer.name for layer in LAYERS}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_values(layer: Layer, ours: Results, caffe: Arrays) -> None:
    assert_agrees(ours_and_caffes(layer, ours, caffe))


def test_the_gradient_of_the_input(ours: Results, caffe: Arrays) -> None:
    assert_agrees({"x": (ours.diffs["x"], caffe["blob_diff/x"])})
