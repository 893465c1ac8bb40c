"""Cases of `Fused`: the pairs that backends like to join."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import ConvolutionLayer, InnerProductLayer, NeuronLayer, PoolingLayer
from ...neurons import Neurons
from ...passes import Fused, members_of
from ...pooling import Pooling
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, pairs, shapes

RELU = NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["y0"])
CONV = ConvolutionLayer(name="conv", n_filter=4, kernel=(3, 2), bottoms=["x0"], tops=["y0"])
IP = InnerProductLayer(name="ip", output_dim=4, bottoms=["x0"], tops=["y0"])
POOL = PoolingLayer(name="pool", kernel=(3, 2), stride=(2, 2), bottoms=["y0"], tops=["z0"])


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


def _image() -> st.SearchStrategy[Case]:
    """The cases of `convolution_relu`, on images that a pooling fits on too."""
    return convolution_relu.cases.filter(lambda case: min(case.plan("float64").tops[0].shape[2:]) >= 3)


def _pools() -> st.SearchStrategy[PoolingLayer]:
    """The largest or the mean, in windows that touch or overlap."""
    strides = st.tuples(st.integers(1, 3), st.integers(1, 2))
    kinds = st.sampled_from([Pooling.Max(), Pooling.Mean()])
    return st.builds(lambda stride, kind: POOL.replace(stride=stride, pooling=kind), strides, kinds)


@family("fused-convolution-pooling", Case(Fused.of(CONV, POOL), bottoms((2, 3, 6, 5))))
@st.composite
def convolution_pooling(draw: st.DrawFn) -> Case:
    """A convolution with the pooling of its images."""
    case = draw(_image())
    return Case(Fused.of(members_of(case.layer)[0], draw(_pools())), case.bottoms)


@family("fused-convolution-relu-pooling", Case(Fused.of(CONV, RELU, POOL), bottoms((2, 3, 6, 5))))
@st.composite
def convolution_relu_pooling(draw: st.DrawFn) -> Case:
    """A convolution with its ReLU, and the pooling of their images."""
    case = draw(_image())
    return Case(Fused.of(*members_of(case.layer), draw(_pools())), case.bottoms)


@family("fused-pooling-relu", Case(Fused.of(POOL.replace(bottoms=["x0"], tops=["y0"]), RELU), bottoms((2, 3, 6, 5))))
@st.composite
def pooling_relu(draw: st.DrawFn) -> Case:
    """A pooling with its ReLU."""
    pool = draw(_pools()).replace(bottoms=["x0"], tops=["y0"])
    return Case(Fused.of(pool, RELU), bottoms(draw(image_shapes(least=(3, 3)))))
