"""Hypothesis strategies for small whole nets, with every way in which blobs are passed on and gradients summed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from ..blob import BlobSpec
from ..layer import Layer
from ..layers import (
    AccuracyLayer,
    ConcatLayer,
    ConvolutionLayer,
    DropoutLayer,
    ElementWiseFunctors,
    ElementWiseLayer,
    IdentityLayer,
    InnerProductLayer,
    LRNLayer,
    MemoryDataLayer,
    NeuronLayer,
    PoolingLayer,
    PowerLayer,
    PReLULayer,
    ReshapeLayer,
    ScaleLayer,
    SoftmaxLossLayer,
    SplitLayer,
)
from ..neurons import Neurons
from ..pooling import Pooling
from .strategies import image_shapes
from .values import grid, labels

CLASSES = 3
NEURONS = (Neurons.Identity(), Neurons.ReLU(), Neurons.LReLU(), Neurons.Sigmoid(), Neurons.Tanh(), Neurons.Swish())


@dataclass
class Growth:
    """A net being grown: its layers so far, and the image blob at its top end."""

    draw: st.DrawFn
    top: str
    spec: BlobSpec
    layers: list[Layer] = field(default_factory=list)

    def named(self, kind: str) -> str:
        """A name for the next layer and its top."""
        return f"{kind}{len(self.layers)}"

    def add(self, layer: Layer, *others: BlobSpec) -> str:
        """Put a layer on; the name of its first top. `others`: its bottoms besides the blob at the top end."""
        self.layers.append(layer)
        self.top, self.spec = (layer.tops or layer.bottoms)[0], layer.plan((self.spec, *others)).tops[0]
        return self.top

    def pair(self, most: int = 3) -> tuple[int, int]:
        """A kernel that fits on the images."""
        height, width = self.spec.shape[2:]
        return self.draw(st.integers(1, min(most, height))), self.draw(st.integers(1, min(most, width)))


def _convolution(net: Growth) -> None:
    name, neuron, pad = net.named("conv"), net.draw(st.sampled_from(NEURONS)), net.draw(st.integers(0, 1))
    options = {"n_filter": net.draw(st.integers(1, 3)), "kernel": net.pair(), "pad": pad, "neuron": neuron}
    net.add(ConvolutionLayer(name=name, bottoms=[net.top], tops=[name], **options))  # type: ignore[arg-type]


def _pooling(net: Growth) -> None:
    name, pooling = net.named("pool"), net.draw(st.sampled_from([Pooling.Max(), Pooling.Mean()]))
    kernel = net.pair()
    stride = tuple(net.draw(st.integers(1, side)) for side in kernel)
    net.add(PoolingLayer(name=name, kernel=kernel, stride=stride, pooling=pooling, bottoms=[net.top], tops=[name]))


def _lrn(net: Growth) -> None:
    name = net.named("lrn")
    net.add(LRNLayer(name=name, kernel=3, bottoms=[net.top], tops=[name]))


def _dropout(net: Growth) -> None:
    net.add(DropoutLayer(name=net.named("drop"), ratio=0.25, bottoms=[net.top]))


def _neuron(net: Growth) -> None:
    net.add(NeuronLayer(name=net.named("neuron"), neuron=net.draw(st.sampled_from(NEURONS)), bottoms=[net.top]))


def _scaled(net: Growth) -> None:
    scale, prelu = net.named("scale"), net.named("slope")
    net.add(ScaleLayer(name=scale, bias=net.draw(st.booleans()), bottoms=[net.top], tops=[scale]))
    net.add(PReLULayer(name=prelu, bottoms=[scale], tops=[prelu]))


def _identity(net: Growth) -> None:
    name = net.named("same")
    net.add(IdentityLayer(name=name, bottoms=[net.top], tops=[name]))


def _transposed(net: Growth) -> None:
    name = net.named("reshape")
    net.add(ReshapeLayer(name=name, shape=net.spec.shape[:0:-1], bottoms=[net.top], tops=[name]))


def _read_twice(net: Growth) -> None:
    """A blob and a power of it, joined by a functor: its gradient comes from two readers."""
    source, name, power = net.top, net.named("join"), net.named("power")
    operation = net.draw(st.sampled_from([f() for f in (ElementWiseFunctors.Add, ElementWiseFunctors.Multiply)]))
    net.add(PowerLayer(name=power, power=2, scale=0.5, shift=0.25, bottoms=[source], tops=[power]))
    net.add(ElementWiseLayer(name=name, operation=operation, bottoms=[power, source], tops=[name]), net.spec)


def _split(net: Growth) -> None:
    """Two tops of a split, one changed in place, then joined."""
    name, no_copy = net.named("split"), net.draw(st.booleans())
    left, right = f"{name}-left", f"{name}-right"
    net.add(SplitLayer(name=name, no_copy=no_copy, bottoms=[net.top], tops=[left, right]))
    net.add(NeuronLayer(name=net.named("neuron"), neuron=Neurons.Tanh(), bottoms=[left]))
    join = net.named("join")
    net.add(
        ElementWiseLayer(name=join, operation=ElementWiseFunctors.Subtract(), bottoms=[left, right], tops=[join]),
        net.spec,
    )


def _concat(net: Growth) -> None:
    """A blob beside what a 1x1 convolution makes of it."""
    source, spec, conv = net.top, net.spec, net.named("conv")
    net.add(ConvolutionLayer(name=conv, n_filter=2, bottoms=[source], tops=[conv]))
    joined = net.named("concat")
    net.add(ConcatLayer(name=joined, bottoms=[conv, source], tops=[joined]), spec)


STEPS: tuple[Callable[[Growth], None], ...] = (
    _convolution,
    _pooling,
    _lrn,
    _dropout,
    _neuron,
    _scaled,
    _identity,
    _transposed,
    _read_twice,
    _split,
    _concat,
)


@st.composite
def small_nets(draw: st.DrawFn) -> tuple[Layer, ...]:
    """A data layer, one to five steps on images, inner products (some with shared weights), a loss and an accuracy."""
    num, *sample = draw(image_shapes(least=(2, 2)))
    arrays = [grid((num + 1, *sample)), labels((num + 1, 1), CLASSES)]
    net = Growth(draw, "data", BlobSpec((num, *sample)))
    for step in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5)):
        step(net)
    _classify(net)
    return (MemoryDataLayer(name="source", data=arrays, batch_size=num), *net.layers)


def _classify(net: Growth) -> None:
    source, spec, (a, b) = net.top, net.spec, ("scores-a", "scores-b")
    if net.draw(st.booleans()):
        options = {"output_dim": 4, "neuron": net.draw(st.sampled_from(NEURONS))}
        source = net.add(InnerProductLayer(name="hidden", bottoms=[source], tops=["hidden"], **options))  # type: ignore[arg-type]
        spec = net.spec
    key = {"param_key": "shared", "output_dim": CLASSES}
    net.add(InnerProductLayer(name=a, bottoms=[source], tops=[a], **key))  # type: ignore[arg-type]
    if net.draw(st.booleans()):
        net.spec = spec
        net.add(InnerProductLayer(name=b, bottoms=[source], tops=[b], **key))  # type: ignore[arg-type]
        net.add(ElementWiseLayer(name="scores", bottoms=[a, b], tops=["scores"]), net.spec)
    net.layers.append(SoftmaxLossLayer(name="loss", bottoms=[net.top, "label"]))
    net.layers.append(AccuracyLayer(name="accuracy", bottoms=[net.top, "label"]))
