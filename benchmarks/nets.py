"""The nets of the benchmarks, as Mocha layers with random data."""

from __future__ import annotations

import numpy as np

from mocha_core import *


def images(batch: int, *shape: int, classes: int = 10) -> MemoryDataLayer:
    """One batch of random images and labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, *shape)).astype(np.float32)
    label = rng.integers(0, classes, (batch, 1)).astype(np.float32)
    return MemoryDataLayer(name="data", data=[x, label], batch_size=batch)


def lenet(batch: int = 64) -> list[Layer]:
    """LeNet as in the manual's first tutorial."""
    return [
        images(batch, 1, 28, 28),
        ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv1"]),
        PoolingLayer(name="pool1", kernel=(2, 2), stride=(2, 2), bottoms=["conv1"], tops=["pool1"]),
        ConvolutionLayer(name="conv2", n_filter=50, kernel=(5, 5), bottoms=["pool1"], tops=["conv2"]),
        PoolingLayer(name="pool2", kernel=(2, 2), stride=(2, 2), bottoms=["conv2"], tops=["pool2"]),
        InnerProductLayer(name="ip1", output_dim=500, neuron=Neurons.ReLU(), bottoms=["pool2"], tops=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=10, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def cifar10_full(batch: int = 100) -> list[Layer]:
    """Alex's CIFAR-10 net as in the manual's second tutorial, but for the means, which divide as Caffe's do."""

    def conv(k: int, bottom: str, filters: int, std: float, neuron: Neuron) -> ConvolutionLayer:
        init = GaussianInitializer(std=std)
        options = {"kernel": (5, 5), "pad": (2, 2), "filter_init": init, "neuron": neuron}
        return ConvolutionLayer(name=f"conv{k}", n_filter=filters, bottoms=[bottom], tops=[f"conv{k}"], **options)

    def pool(k: int, function: Pooling.Max, neuron: Neuron) -> PoolingLayer:
        options = {"kernel": 3, "stride": 2, "pooling": function, "divisor": "window", "neuron": neuron}
        return PoolingLayer(name=f"pool{k}", bottoms=[f"conv{k}"], tops=[f"pool{k}"], **options)

    def norm(k: int) -> LRNLayer:
        options = {"kernel": 3, "scale": 5e-5, "power": 0.75, "mode": LRNMode.WithinChannel()}
        return LRNLayer(name=f"norm{k}", bottoms=[f"pool{k}"], tops=[f"norm{k}"], **options)

    relu, none = Neurons.ReLU(), Neurons.Identity()
    ip_init, ip_regu = GaussianInitializer(std=0.01), L2Regu(250)
    return [
        images(batch, 3, 32, 32),
        conv(1, "data", 32, 0.0001, none),
        pool(1, Pooling.Max(), relu),
        norm(1),
        conv(2, "norm1", 32, 0.01, relu),
        pool(2, Pooling.Mean(), none),
        norm(2),
        conv(3, "norm2", 64, 0.01, relu),
        pool(3, Pooling.Mean(), none),
        InnerProductLayer(
            name="ip1", output_dim=10, weight_init=ip_init, weight_regu=ip_regu, bottoms=["pool3"], tops=["ip1"]
        ),
        SoftmaxLossLayer(name="loss", bottoms=["ip1", "label"]),
    ]


def dropout_mlp(batch: int = 100) -> list[Layer]:
    """784-1200-1200-10 with dropout."""
    relu = Neurons.ReLU()
    return [
        images(batch, 784),
        DropoutLayer(name="drop0", ratio=0.2, bottoms=["data"]),
        InnerProductLayer(name="fc1", output_dim=1200, neuron=relu, bottoms=["data"], tops=["fc1"]),
        DropoutLayer(name="drop1", bottoms=["fc1"]),
        InnerProductLayer(name="fc2", output_dim=1200, neuron=relu, bottoms=["fc1"], tops=["fc2"]),
        DropoutLayer(name="drop2", bottoms=["fc2"]),
        InnerProductLayer(name="out", output_dim=10, bottoms=["fc2"], tops=["out"]),
        SoftmaxLossLayer(name="loss", bottoms=["out", "label"]),
    ]


def caffenet(batch: int = 128) -> list[Layer]:
    """The Caffe reference net."""
    relu = Neurons.ReLU()

    def conv(k: int, bottom: str, filters: int, kernel: int, **more: int) -> ConvolutionLayer:
        return ConvolutionLayer(
            name=f"conv{k}", n_filter=filters, kernel=kernel, neuron=relu, bottoms=[bottom], tops=[f"conv{k}"], **more
        )

    def pool(k: int) -> PoolingLayer:
        return PoolingLayer(name=f"pool{k}", kernel=3, stride=2, bottoms=[f"conv{k}"], tops=[f"pool{k}"])

    def norm(k: int) -> LRNLayer:
        return LRNLayer(name=f"norm{k}", kernel=5, scale=1e-4, power=0.75, bottoms=[f"pool{k}"], tops=[f"norm{k}"])

    def fc(k: int, bottom: str) -> list[Layer]:
        ip = InnerProductLayer(name=f"fc{k}", output_dim=4096, neuron=relu, bottoms=[bottom], tops=[f"fc{k}"])
        return [ip, DropoutLayer(name=f"drop{k}", bottoms=[f"fc{k}"])]

    return [
        images(batch, 3, 227, 227, classes=1000),
        conv(1, "data", 96, 11, stride=4),
        pool(1),
        norm(1),
        conv(2, "norm1", 256, 5, pad=2, n_group=2),
        pool(2),
        norm(2),
        conv(3, "norm2", 384, 3, pad=1),
        conv(4, "conv3", 384, 3, pad=1, n_group=2),
        conv(5, "conv4", 256, 3, pad=1, n_group=2),
        pool(5),
        *fc(6, "pool5"),
        *fc(7, "fc6"),
        InnerProductLayer(name="fc8", output_dim=1000, bottoms=["fc7"], tops=["fc8"]),
        SoftmaxLossLayer(name="loss", bottoms=["fc8", "label"]),
    ]


def squeezenet(batch: int = 1) -> list[Layer]:
    """SqueezeNet v1.1 up to its class scores."""
    relu = Neurons.ReLU()

    def conv(name: str, bottom: str, filters: int, **options: int) -> ConvolutionLayer:
        wires = {"name": name, "bottoms": [bottom], "tops": [name]}
        return ConvolutionLayer(n_filter=filters, neuron=relu, **wires, **options)

    def pool(k: int, bottom: str) -> PoolingLayer:
        return PoolingLayer(name=f"pool{k}", kernel=3, stride=2, bottoms=[bottom], tops=[f"pool{k}"])

    def fire(k: int, bottom: str, squeeze: int, expand: int) -> list[Layer]:
        name = f"fire{k}"
        return [
            conv(f"{name}/squeeze", bottom, squeeze, kernel=1),
            conv(f"{name}/expand1", f"{name}/squeeze", expand, kernel=1),
            conv(f"{name}/expand3", f"{name}/squeeze", expand, kernel=3, pad=1),
            ConcatLayer(name=name, bottoms=[f"{name}/expand1", f"{name}/expand3"], tops=[name]),
        ]

    return [
        images(batch, 3, 227, 227, classes=1000),
        conv("conv1", "data", 64, kernel=3, stride=2),
        pool(1, "conv1"),
        *fire(2, "pool1", 16, 64),
        *fire(3, "fire2", 16, 64),
        pool(3, "fire3"),
        *fire(4, "pool3", 32, 128),
        *fire(5, "fire4", 32, 128),
        pool(5, "fire5"),
        *fire(6, "pool5", 48, 192),
        *fire(7, "fire6", 48, 192),
        *fire(8, "fire7", 64, 256),
        *fire(9, "fire8", 64, 256),
        DropoutLayer(name="drop9", bottoms=["fire9"]),
        conv("conv10", "fire9", 1000, kernel=1),
        PoolingLayer(name="pool10", kernel=14, pooling=Pooling.Mean(), bottoms=["conv10"], tops=["pool10"]),
        FlattenLayer(name="scores", bottoms=["pool10"], tops=["scores"]),
    ]


class Residual:
    """Collects the layers of a residual net: He et al., "Deep residual learning for image recognition", 2015."""

    def __init__(self, data: Layer) -> None:
        self.layers = [data]

    def conv(self, name: str, bottom: str, filters: int, relu: bool, **options: int) -> str:
        """Filters, batch normalisation, scale and perhaps a ReLU; the name of the top."""
        top = f"{name}/scale"
        self.layers += [
            ConvolutionLayer(name=name, n_filter=filters, bias=False, bottoms=[bottom], tops=[name], **options),
            BatchNormLayer(name=f"{name}/bn", bottoms=[name], tops=[f"{name}/bn"]),
            ScaleLayer(name=top, bias=True, bottoms=[f"{name}/bn"], tops=[top]),
        ]
        if relu:
            self.layers.append(NeuronLayer(name=f"{name}/relu", neuron=Neurons.ReLU(), bottoms=[top]))
        return top

    def block(self, name: str, bottom: str, filters: int, stride: int, widens: bool) -> str:
        """1x1, 3x3 and 1x1 filters, added to what goes past them."""
        past = self.conv(f"{name}/past", bottom, 4 * filters, False, kernel=1, stride=stride) if widens else bottom
        x = self.conv(f"{name}/1", bottom, filters, True, kernel=1, stride=stride)
        x = self.conv(f"{name}/2", x, filters, True, kernel=3, pad=1)
        x = self.conv(f"{name}/3", x, 4 * filters, False, kernel=1)
        self.layers += [
            ElementWiseLayer(name=name, operation=ElementWiseFunctors.Add(), bottoms=[past, x], tops=[name]),
            NeuronLayer(name=f"{name}/relu", neuron=Neurons.ReLU(), bottoms=[name]),
        ]
        return name


def residual(batch: int, blocks: tuple[int, ...], width: int, side: int, classes: int) -> list[Layer]:
    """So many blocks in each stage; every stage but the first halves the images and has twice the filters."""
    net = Residual(images(batch, 3, side, side, classes=classes))
    top = net.conv("conv1", "data", width, True, kernel=7, stride=2, pad=3)
    net.layers.append(PoolingLayer(name="pool1", kernel=3, stride=2, bottoms=[top], tops=["pool1"]))
    top = "pool1"
    for stage, count in enumerate(blocks):
        for k in range(count):
            halves = stage > 0 and k == 0
            top = net.block(f"res{stage + 2}{'abcdefgh'[k]}", top, width << stage, 2 if halves else 1, k == 0)
    return [
        *net.layers,
        ReductionLayer(name="mean", operation="mean", axis=2, bottoms=[top], tops=["mean"]),
        InnerProductLayer(name="fc", output_dim=classes, bottoms=["mean"], tops=["fc"]),
        SoftmaxLossLayer(name="loss", bottoms=["fc", "label"]),
    ]


def resnet50(batch: int = 64) -> list[Layer]:
    """ResNet-50 as published."""
    return residual(batch, (3, 4, 6, 3), 64, 224, 1000)


def small_residual(batch: int = 16) -> list[Layer]:
    """One block of each of two stages, for tests."""
    return residual(batch, (1, 1), 8, 32, 10)
