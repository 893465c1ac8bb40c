"""Caffe's zoo_neuron from our layers."""

from __future__ import annotations

from typing import Any

from mocha_core import (
    BatchNormLayer,
    DropoutLayer,
    ExpLayer,
    Layer,
    LogLayer,
    MVNLayer,
    NeuronLayer,
    Neurons,
    PowerLayer,
    PReLULayer,
    SoftmaxLayer,
)
from mocha_core.neurons import Neuron

from .dumps import f32

ELSEWHERE = {
    "x pos": "the sources, made of their inputs",
}
"""Blobs of the dump that Mocha's layers do not make yet, and why."""


def power(name: str, power: float = 1.0, scale: float = 1.0, shift: float = 0.0, bottom: str = "x") -> Layer:
    return PowerLayer(name=name, bottoms=[bottom], tops=[name], power=power, scale=scale, shift=shift)


def neuron(name: str, neuron: Neuron, scale: float = 1.0, shift: float = 0.0) -> list[Layer]:
    """neuron(scale x + shift); neurons work in place, so a linear layer comes first."""
    return [power(name, scale=scale, shift=shift), NeuronLayer(name=f"{name}/neuron", bottoms=[name], neuron=neuron)]


def prelu(name: str, shared: bool = False) -> Layer:
    return PReLULayer(name=name, bottoms=["x"], tops=[name], shared=shared)


def batch_norm(name: str, **options: Any) -> Layer:
    return BatchNormLayer(name=name, bottoms=["x"], tops=[name], **options)


def log(name: str, **options: float) -> Layer:
    return LogLayer(name=name, bottoms=["pos"], tops=[name], **options)


def exp(name: str, **options: float) -> Layer:
    return ExpLayer(name=name, bottoms=["x"], tops=[name], **options)


def mvn(name: str, **options: Any) -> Layer:
    return MVNLayer(name=name, bottoms=["x"], tops=[name], eps=f32(1e-9), **options)


def softmax(name: str, axis: int) -> Layer:
    return SoftmaxLayer(name=name, bottoms=["x"], tops=[name], axis=axis)


def dropout() -> Layer:
    """Caffe's net was in its TEST phase; a net that goes backward is in ours of training."""
    layer = DropoutLayer(name="dropout", bottoms=["x"], tops=["dropout"], ratio=0.3).in_phase("test")
    assert layer is not None
    return layer


LAYERS = (
    *neuron("relu", Neurons.ReLU()),
    *neuron("relu_leaky", Neurons.LReLU(f32(0.1))),
    *neuron("elu", Neurons.ELU()),
    *neuron("elu_half", Neurons.ELU(0.5)),
    *neuron("bnll", Neurons.Softplus()),
    *neuron("swish", Neurons.Swish()),
    *neuron("swish_beta", Neurons.Swish(1.5)),
    prelu("prelu"),
    prelu("prelu_rand"),
    prelu("prelu_shared", shared=True),
    batch_norm("bn_train", statistics="batch", eps=f32(0.01), moving_average=f32(0.8)),
    batch_norm("bn_test", statistics="running", eps=f32(1e-5)),
    *neuron("sigmoid", Neurons.Sigmoid()),
    *neuron("tanh", Neurons.Tanh()),
    *neuron("absval", Neurons.Abs()),
    *neuron("clip", Neurons.Clip(f32(-0.5), f32(0.8))),
    exp("exp"),
    exp("exp_base2", base=2.0, scale=0.5, shift=f32(0.1)),
    exp("exp_shift", scale=-1.0, shift=0.5),
    log("log"),
    log("log_base10", base=10.0, scale=2.0, shift=0.5),
    mvn("mvn"),
    mvn("mvn_across", across_channels=True),
    mvn("mvn_meanonly", normalize_variance=False),
    power("power_default"),
    power("power_affine", scale=0.5, shift=-0.25),
    power("power_sq", power=2.0, scale=0.5, shift=1.0),
    power("power_sqrt", power=0.5, scale=2.0, shift=f32(0.1), bottom="pos"),
    power("power_neg", power=-0.75, scale=0.5, shift=1.0, bottom="pos"),
    power("power_zero", power=0.0, scale=3.0),
    softmax("softmax", 1),
    softmax("softmax_axis2", 2),
    softmax("softmax_last", -1),
    dropout(),
)
