"""Caffe's zoo_neuron from our layers."""

from __future__ import annotations

import math

from mocha_core import DropoutLayer, Layer, NeuronLayer, Neurons, PowerLayer, SoftmaxLayer
from mocha_core.neurons import Neuron

from .dumps import f32

ELSEWHERE = {
    "relu_leaky": "LReLU has the fixed slope 0.01",
    "bnll absval elu elu_half swish swish_beta clip prelu prelu_rand prelu_shared": "no such neuron",
    "log log_base10": "no Log",
    "mvn mvn_across mvn_meanonly": "no MVN",
    "bn_test bn_train": "no BatchNorm",
    "x pos": "the sources, made of their inputs",
}
"""Blobs of the dump that Mocha's layers do not make yet, and why."""


def power(name: str, power: float = 1.0, scale: float = 1.0, shift: float = 0.0, bottom: str = "x") -> Layer:
    return PowerLayer(name=name, bottoms=[bottom], tops=[name], power=power, scale=scale, shift=shift)


def neuron(name: str, neuron: Neuron, scale: float = 1.0, shift: float = 0.0) -> list[Layer]:
    """neuron(scale x + shift); neurons work in place, so a linear layer comes first."""
    return [power(name, scale=scale, shift=shift), NeuronLayer(name=f"{name}/neuron", bottoms=[name], neuron=neuron)]


def softmax(name: str, axis: int) -> Layer:
    return SoftmaxLayer(name=name, bottoms=["x"], tops=[name], axis=axis)


def dropout() -> Layer:
    """Caffe's net was in its TEST phase; a net that goes backward is in ours of training."""
    layer = DropoutLayer(name="dropout", bottoms=["x"], tops=["dropout"], ratio=0.3).in_phase("test")
    assert layer is not None
    return layer


LAYERS = (
    *neuron("relu", Neurons.ReLU()),
    *neuron("sigmoid", Neurons.Sigmoid()),
    *neuron("tanh", Neurons.Tanh()),
    *neuron("exp", Neurons.Exponential()),
    *neuron("exp_base2", Neurons.Exponential(), scale=math.log(2) * 0.5, shift=math.log(2) * f32(0.1)),
    *neuron("exp_shift", Neurons.Exponential(), scale=-1.0, shift=0.5),
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
