"""The layers against values and gradients of the real Caffe (float64)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core.layer import Layer
from mocha_core.layers.convolution import ConvolutionLayer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.lrn import LRNLayer, LRNMode
from mocha_core.layers.neuron import NeuronLayer
from mocha_core.layers.pooling import PoolingLayer
from mocha_core.neurons import Neurons
from mocha_core.pooling import Pooling

from .running import Host, backward, forward, plan


def conv(name: str, **options: Any) -> Layer:
    return ConvolutionLayer(name=name, bottoms=["x"], tops=[name], **options)


def pool(name: str, **options: Any) -> Layer:
    return PoolingLayer(name=name, divisor="window", bottoms=["x"], tops=[name], **options)


def lrn(name: str, **options: Any) -> Layer:
    return LRNLayer(name=name, bottoms=["x"], tops=[name], **options)


POINT_SIX = float(np.float32(0.6))  # Caffe reads its options as float32, also when it computes in float64
MEAN, WITHIN = Pooling.Mean(), LRNMode.WithinChannel()
CASES: list[tuple[str, Layer]] = [
    ("zoo_vision", conv("conv_k3", n_filter=4, kernel=3)),
    ("zoo_vision", conv("conv_s2p1", n_filter=4, kernel=3, stride=2, pad=1)),
    ("zoo_vision", conv("conv_group3", n_filter=9, kernel=3, pad=1, n_group=3)),
    ("zoo_vision", conv("conv_depthwise", n_filter=12, kernel=3, pad=1, n_group=6)),
    ("zoo_vision", conv("conv_dil", n_filter=4, kernel=3, dilation=2, pad=2)),
    ("zoo_vision", conv("conv_dil_hw", n_filter=4, kernel=(2, 3), pad=(0, 3), stride=(2, 1), dilation=(1, 3))),
    ("zoo_vision", conv("conv_rep", n_filter=4, kernel=(3, 2), stride=(1, 2), pad=(2, 0))),
    ("zoo_vision", conv("conv_1x1", n_filter=5)),
    ("zoo_vision", conv("conv_nobias", n_filter=5, kernel=3, bias=False)),
    ("zoo_vision", pool("pool_max", kernel=3, stride=2)),
    ("zoo_vision", pool("pool_max_pad", kernel=3, stride=2, pad=1)),
    ("zoo_vision", pool("pool_max_gap", kernel=(2, 3), stride=3)),
    ("zoo_vision", pool("pool_max_hw", kernel=(2, 3), stride=(1, 2), pad=(1, 0))),
    ("zoo_vision", pool("pool_max_ceil", kernel=2, stride=2)),
    ("zoo_vision", pool("pool_ave", kernel=3, stride=2, pooling=MEAN)),
    ("zoo_vision", pool("pool_ave_pad", kernel=3, stride=2, pad=1, pooling=MEAN)),
    ("zoo_vision", pool("pool_ave_k2s2", kernel=2, stride=2, pooling=MEAN)),
    ("zoo_vision", pool("pool_ave_k4s3p2", kernel=4, stride=3, pad=2, pooling=MEAN)),
    ("zoo_vision", lrn("lrn", kernel=5, scale=0.5)),
    ("zoo_vision", lrn("lrn_k2", kernel=3, scale=0.5, power=POINT_SIX, shift=2.0)),
    ("zoo_vision", lrn("lrn_default")),
    ("zoo_vision", lrn("lrn_wide", kernel=9)),
    ("zoo_vision", lrn("lrn_within", kernel=3, scale=0.5, mode=WITHIN)),
    ("zoo_common", InnerProductLayer(name="ip", output_dim=5, bottoms=["x"], tops=["ip"])),
    ("zoo_common", InnerProductLayer(name="ip_nobias", output_dim=5, bias=False, bottoms=["x"], tops=["ip_nobias"])),
    ("zoo_neuron", NeuronLayer(name="relu", bottoms=["x"], tops=["relu"], neuron=Neurons.ReLU())),
    ("zoo_neuron", NeuronLayer(name="sigmoid", bottoms=["x"], tops=["sigmoid"], neuron=Neurons.Sigmoid())),
    ("zoo_neuron", NeuronLayer(name="tanh", bottoms=["x"], tops=["tanh"], neuron=Neurons.Tanh())),
    ("zoo_neuron", NeuronLayer(name="exp", bottoms=["x"], tops=["exp"], neuron=Neurons.Exponential())),
]


@pytest.mark.parametrize(("zoo", "layer"), CASES, ids=[layer.name for _, layer in CASES])
def test_values_and_parameter_gradients(shared: Path, zoo: str, layer: Layer) -> None:
    import h5py

    with h5py.File(shared / "oracles" / "caffe" / zoo / "dump_float64.h5") as dump:
        x, dy = dump["blobs/x"][()], dump[f"blob_diff/{layer.name}"][()]
        shapes = [(p.name, p.shape) for p in plan(layer, [x]).params]
        params = {n: dump[f"params/{layer.name}/{k}"][()].reshape(shape) for k, (n, shape) in enumerate(shapes)}
        (y,) = forward(np, layer, [x], params)
        close(y, dump[f"blobs/{layer.name}"][()])
        _, gradients = backward(np, layer, [x], [dy], params)
        for k, (n, shape) in enumerate(shapes):
            close(gradients[n], dump[f"grad/{layer.name}/{k}"][()].reshape(shape))


def close(mine: Host, caffes: Host) -> None:
    np.testing.assert_allclose(mine, caffes, rtol=0, atol=1e-10 * np.abs(caffes).max())
