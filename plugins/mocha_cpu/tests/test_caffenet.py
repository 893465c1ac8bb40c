"""The arena of CaffeNet in training is within five per cent of what no plan can beat. Nothing is run."""

from __future__ import annotations

from typing import Any

from mocha_core import (
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    InputLayer,
    LRNLayer,
    Net,
    Neurons,
    PoolingLayer,
    SoftmaxLossLayer,
)
from mocha_core.layer import Layer
from mocha_cpu import CpuBackend

BATCH = 128
RELU = Neurons.ReLU()


def conv(number: int, bottom: str, n_filter: int, **options: Any) -> Layer:
    name = f"conv{number}"
    return ConvolutionLayer(name=name, n_filter=n_filter, neuron=RELU, bottoms=[bottom], tops=[name], **options)


def pool(number: int, bottom: str) -> Layer:
    return PoolingLayer(name=f"pool{number}", kernel=3, stride=2, bottoms=[bottom], tops=[f"pool{number}"])


def norm(number: int, bottom: str) -> Layer:
    return LRNLayer(name=f"norm{number}", scale=1e-4, bottoms=[bottom], tops=[f"norm{number}"])


def dense(number: int, bottom: str, **options: Any) -> Layer:
    return InnerProductLayer(name=f"fc{number}", bottoms=[bottom], tops=[f"fc{number}"], **options)


def caffenet() -> list[Layer]:
    return [
        InputLayer(shapes=[(BATCH, 3, 227, 227), (BATCH, 1)], tops=["data", "label"]),
        conv(1, "data", 96, kernel=11, stride=4),
        pool(1, "conv1"),
        norm(1, "pool1"),
        conv(2, "norm1", 256, kernel=5, pad=2, n_group=2),
        pool(2, "conv2"),
        norm(2, "pool2"),
        conv(3, "norm2", 384, kernel=3, pad=1),
        conv(4, "conv3", 384, kernel=3, pad=1, n_group=2),
        conv(5, "conv4", 256, kernel=3, pad=1, n_group=2),
        pool(5, "conv5"),
        dense(6, "pool5", output_dim=4096, neuron=RELU),
        DropoutLayer(name="drop6", bottoms=["fc6"]),
        dense(7, "fc6", output_dim=4096, neuron=RELU),
        DropoutLayer(name="drop7", bottoms=["fc7"]),
        dense(8, "fc7", output_dim=1000),
        SoftmaxLossLayer(name="loss", bottoms=["fc8", "label"]),
    ]


def test_arena(backend: CpuBackend) -> None:
    with Net("caffenet", backend, caffenet()) as net:
        (arena,) = backend.plans
        assert arena.nbytes <= 1.05 * arena.bound
        assert arena.nbytes < 0.5 * arena.unshared
        assert f"{arena.nbytes / 2**20:.1f} MiB planned" in net.explain()
