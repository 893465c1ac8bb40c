"""The pass of this backend: layers joined where one kernel does them in one pass over memory.

Images keep their channels in the second place. For products in float32 both layouts are the same work: operands are
gathered into shared memory anyway, along pixels for any number of channels, and nothing is reordered where a net begins
and ends. Kernels for channels last are there for all layers but convolutions, which gain by them on tensor cores only.
"""

from __future__ import annotations

from mocha_core import layers as core
from mocha_core.layer import Layer
from mocha_core.ops import Size
from mocha_core.passes import PassContext, fuse
from mocha_core.pooling import Pooling

from .kernels.base import DTYPE
from .kernels.neuron import is_behind, is_relu

CHAINS = frozenset(
    {
        ("convolution", "relu"),
        ("convolution", "neuron"),
        ("convolution", "relu", "pooling"),
        ("convolution", "relu", "pooling", "relu"),
        ("convolution", "pooling"),
        ("convolution", "pooling", "relu"),
        ("pooling", "relu"),
        ("inner product", "relu"),
        ("inner product", "neuron"),
    }
)
"""What kernels do in one pass. What a chain begins with is one too, as they are made link by link."""


def fusion(layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    """Convolutions, poolings and inner products with what follows them, in nets that compute in float32."""
    return fuse(layers, joins, context.pinned) if context.dtype == DTYPE else layers


PASSES = (fusion,)

KINDS = (Pooling.Max, Pooling.Mean)


def joins(members: tuple[Layer, ...], following: Layer) -> bool:
    """Whether there is a kernel for `members`, and one for them with `following`."""
    chain = (*members, following)
    relus = {layer.neuron for layer in chain if is_relu(layer)}  # type: ignore[attr-defined]
    if any(len(layer.bottoms) != 1 for layer in chain) or len(relus) > 1:
        return False
    return tuple(map(_kind, chain)) in CHAINS


def _kind(layer: Layer) -> str:
    """What the layer is in a chain; "" if it fits into none."""
    match layer:
        case core.ConvolutionLayer() if _on_images(layer.kernel):
            return "convolution"
        case core.PoolingLayer(mask=False) if _on_images(layer.kernel) and type(layer.pooling) in KINDS:
            return "pooling"
        case core.InnerProductLayer():
            return "inner product"
        case core.NeuronLayer() if is_behind(layer):
            return "relu" if is_relu(layer) else "neuron"
    return ""


def _on_images(kernel: Size) -> bool:
    """One size for all axes is taken for two axes: the usual case, and with others only slower."""
    return isinstance(kernel, int) or len(kernel) == 2
