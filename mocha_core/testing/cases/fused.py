"""Cases of `Fused`: the pairs that backends like to join."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import ConvolutionLayer, InnerProductLayer, NeuronLayer
from ...neurons import Neurons
from ...passes import Fused
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, pairs, shapes

RELU = NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["y0"])
CONV = ConvolutionLayer(name="conv", n_filter=4, kernel=(3, 2), bottoms=["x0"], tops=["y0"])
IP = InnerProductLayer(name="ip", output_dim=4, bottoms=["x0"], tops=["y0"])


@family("fused-convolution-relu", Case(Fused.of(CONV, RELU), bottoms((2, 3, 6, 5))))
@st.composite
def convolution_relu(draw: st.DrawFn) -> Case:
    """A convolution with its ReLU."""
    kernel = draw(pairs(1, 3))
    conv = CONV.replace(kernel=kernel, pad=draw(pairs(0, 1)), bias=draw(st.booleans()))
    return Case(Fused.of(conv, RELU), bottoms(draw(image_shapes(least=kernel))))


@family("fused-inner-product-relu", Case(Fused.of(IP, RELU), bottoms((3, 5))))
@st.composite
def inner_product_relu(draw: st.DrawFn) -> Case:
    """A fully connected layer with its ReLU."""
    return Case(Fused.of(IP.replace(bias=draw(st.booleans())), RELU), bottoms(draw(shapes())))
