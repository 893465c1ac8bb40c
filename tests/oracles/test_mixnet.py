"""A net of today after 50 iterations of Caffe: BatchNorm, Scale, PReLU, Slice, Concat and Dropout in the test phase."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_core import (
    Backend,
    BatchNormLayer,
    ConcatLayer,
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    InputLayer,
    Layer,
    MemoryDataLayer,
    Net,
    ParameterStore,
    Pooling,
    PoolingLayer,
    PReLULayer,
    ScaleLayer,
    SliceLayer,
    SoftmaxLayer,
    fold,
)
from mocha_core import ElementWiseFunctors as F

from . import wire
from .common_layers import elt
from .dumps import Arrays, assert_agrees, f32, read
from .zoo import numbered

LIMIT = 2.0**-23
"""The dump is kept in single precision."""


def conv(name: str, bottom: str, n_filter: int, kernel: int, pad: int = 0, bias: bool = True) -> Layer:
    options = {"n_filter": n_filter, "kernel": kernel, "pad": pad, "bias": bias}
    return ConvolutionLayer(name=name, bottoms=[bottom], tops=[name], **options)


def normalised(name: str, bottom: str, top: str, bias: bool, eps: float = 1e-5) -> list[Layer]:
    """Caffe's pair of BatchNorm and Scale."""
    norm = BatchNormLayer(name=f"bn{name}", bottoms=[bottom], tops=[f"{name}/normalised"], eps=f32(eps))
    return [norm, ScaleLayer(name=f"scale{name}", bottoms=norm.tops, tops=[top], bias=bias)]


def prelu(name: str, bottom: str, top: str, shared: bool = False) -> Layer:
    return PReLULayer(name=name, bottoms=[bottom], tops=[top], shared=shared)


SLICES = ["slice_a", "slice_b", "slice_c"]
LAYERS = [
    conv("conv1", "data", 16, 3, pad=1, bias=False).replace(tops=["conv1/raw"]),
    *normalised("1", "conv1/raw", "scaled1", bias=True),
    prelu("prelu1", "scaled1", "conv1"),
    SliceLayer(name="slice1", bottoms=["conv1"], tops=SLICES, slice_points=[6, 12]),
    conv("conv_a", "slice_a", 12, 3, pad=1),
    conv("conv_b", "slice_b", 12, 1),
    *normalised("_a", "conv_a", "bn_a", bias=False, eps=0.001),
    *normalised("_b", "conv_b", "bn_b", bias=True),
    prelu("prelu_b", "bn_b", "prelu_b", shared=True),
    elt("elt_sum", F.Sum([1.0, -0.5]), "bn_a", "prelu_b"),
    elt("elt_max", F.Maximum(), "bn_a", "prelu_b"),
    elt("elt_prod", F.Product(), "bn_a", "prelu_b"),
    ConcatLayer(name="concat", bottoms=["elt_sum", "elt_max", "elt_prod", "slice_c"], tops=["concat"]),
    PoolingLayer(
        name="pool",
        bottoms=["concat"],
        tops=["pool"],
        kernel=3,
        stride=2,
        pad=1,
        pooling=Pooling.Mean(),
        divisor="window",
    ),
    DropoutLayer(name="drop", bottoms=["pool"], ratio=0.4),
    InnerProductLayer(name="fc", bottoms=["pool"], tops=["fc"], output_dim=10),
    SoftmaxLayer(name="prob", bottoms=["fc"], tops=["prob"]),
]


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "oracles" / "caffe" / "mixnet"


def averaged(weights: Arrays) -> Arrays:
    """Caffe keeps the sums of means and variances, and the sum of their weights; Mocha the averages."""
    found = dict(weights)
    for name in ("bn1", "bn_a", "bn_b"):
        for k in (0, 1):
            found[f"{name}/{k}"] = weights[f"{name}/{k}"] / weights[f"{name}/2"]
    return found


def test_every_blob_of_the_test_phase(backend: Backend, folder: Path) -> None:
    caffe, weights = read(folder / "forward_test.h5"), averaged(wire.weights(folder / "mixnet_iter_50.caffemodel"))
    data = MemoryDataLayer(name="data", tops=["data"], data=[read(folder / "input.h5")["data"]], batch_size=4)
    store = ParameterStore(backend)
    net = Net("mixnet", backend, [data, *LAYERS], phase="test", dtype="float64", keep="all", parameters=store)
    with net:
        names = numbered(net)
        for parameter in net.all_parameters:
            parameter.load(weights[names[parameter.path]].reshape(parameter.blob.shape))
        net.forward()
        ours = {name: net.blob(name).to_array() for name in (path.partition("/")[2] for path in caffe)}
    assert len(weights) == len(names) == 23
    assert_agrees({name: (array, np.asarray(caffe[f"blobs/{name}"])) for name, array in ours.items()}, LIMIT)


def test_the_same_when_folded(backend: Backend, folder: Path) -> None:
    weights = averaged(wire.weights(folder / "mixnet_iter_50.caffemodel"))
    x = read(folder / "input.h5")["data"]
    layers = [InputLayer(tops=["data"], shapes=[x.shape]), *LAYERS]
    net = Net("mixnet", backend, layers, phase="test", dtype="float64", parameters=ParameterStore(backend))
    names = numbered(net)
    for parameter in net.all_parameters:
        parameter.load(weights[names[parameter.path]].reshape(parameter.blob.shape))
    folded = fold(net)
    gone = {layer.name for layer in net.given} - {layer.name for layer in folded.given}
    assert gone == {"bn1", "scale1", "bn_a", "scale_a", "bn_b", "scale_b", "drop"}
    assert_agrees({"prob": (folded.predict(x), net.predict(x))}, 1e-12)
    assert_agrees({"concat": (folded.predict(x, outputs="concat"), net.predict(x, outputs="concat"))}, 1e-12)
