"""The passes of this backend: fusion, parts, layout. All leave nets that do not compute in float32 alone."""

from __future__ import annotations

from mocha_core import layers as core
from mocha_core.layer import Layer
from mocha_core.layers import ElementWiseFunctors as F
from mocha_core.layout import channels_last
from mocha_core.neurons import Neurons
from mocha_core.passes import PassContext, fuse
from mocha_core.pooling import Pooling

from .parts import parts

DTYPE = "float32"
FUNCTORS = (F.Add, F.Subtract, F.Multiply, F.Divide)
"""Those that have compiled bodies."""


def fusion(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """Convolutions, poolings and inner products with what follows them, where a kernel does it in one pass."""
    return fuse(layers, joins, context.pinned) if context.dtype == DTYPE else layers


def layout(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """Layers for images with their channels last."""
    return channels_last(layers, leads, follows, context.pinned) if context.dtype == DTYPE else layers


def side_by_side(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """Convolutions that write their parts of a concatenation themselves."""
    return parts(layers, context) if context.dtype == DTYPE else layers


PASSES = (fusion, side_by_side, layout)

CHAINS = frozenset(
    {
        ("convolution", "relu"),
        ("convolution", "relu", "pooling"),
        ("convolution", "relu", "pooling", "relu"),
        ("convolution", "pooling"),
        ("convolution", "pooling", "relu"),
        ("pooling", "relu"),
        ("inner product", "relu"),
    }
)
"""What kernels do in one pass. What a chain begins with is one too, as they are made link by link."""


def joins(members: tuple[Layer, ...], following: Layer) -> bool:
    """Whether there is a kernel for `members`, and one for them with `following`."""
    if not _one_to_one(*members, following):
        return False
    return tuple(map(_kind, (*members, following))) in CHAINS


def leads(layer: Layer) -> bool:
    """Layers for images (num, channels, height, width) that are worth a reordering of their bottoms."""
    return _on_images(layer.lead)


def follows(layer: Layer) -> bool:
    """Layers that take the layout as they find it."""
    match layer:
        case core.NeuronLayer():
            return not isinstance(layer.neuron, (Neurons.Abs, Neurons.Clip))
        case core.ElementWiseLayer():
            return type(layer.operation) in FUNCTORS
        case core.SplitLayer() | core.PowerLayer():
            return True
        case core.LRNLayer():
            return True
        case core.ConcatLayer() | core.SliceLayer() | core.BatchNormLayer():
            return layer.axis == 1
        case core.ScaleLayer():
            return layer.axis == 1 and layer.num_axes == 1 and len(layer.bottoms) == 1
    return False


def _on_images(layer: Layer) -> bool:
    """One kernel size for all axes is taken for two axes: the usual case, and with others only slower."""
    if not isinstance(layer, (core.ConvolutionLayer, core.PoolingLayer)):
        return False
    if isinstance(layer, core.PoolingLayer) and layer.mask:
        return False
    return isinstance(layer.kernel, int) or len(layer.kernel) == 2


def _kind(layer: Layer) -> str:
    """What the layer is in a chain; "" if it fits into none."""
    match layer:
        case core.ConvolutionLayer() if _on_images(layer):
            return "convolution"
        case core.PoolingLayer() if _on_images(layer) and type(layer.pooling) in (Pooling.Max, Pooling.Mean):
            return "pooling"
        case core.InnerProductLayer() if layer.axis == 1 and not layer.transposed:
            return "inner product"
        case core.NeuronLayer() if layer.neuron == Neurons.ReLU():
            return "relu"
    return ""


def _one_to_one(*layers: Layer) -> bool:
    return all(len(layer.bottoms) == 1 for layer in layers)
