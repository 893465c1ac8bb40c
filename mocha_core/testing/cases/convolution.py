"""Cases of `ConvolutionLayer`."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import ConvolutionLayer
from ..case import Case
from ..family import family
from ..strategies import bottoms, image_shapes, names, pairs, sizes

LAYER = ConvolutionLayer(name="conv", n_filter=4, kernel=(3, 2), bottoms=["x0"], tops=["y0"])
PLAIN = Case(LAYER, bottoms((2, 3, 6, 5)))


@family("convolution", PLAIN)
@st.composite
def convolution(draw: st.DrawFn) -> Case:
    """One image batch: kernel, stride, pad, with and without bias."""
    kernel, stride, pad = draw(pairs(1, 4)), draw(pairs(1, 3)), draw(pairs(0, 2))
    shape = draw(image_shapes(least=kernel))
    options = {"kernel": kernel, "stride": stride, "pad": pad, "bias": draw(st.booleans())}
    return Case(PLAIN.layer.replace(n_filter=draw(st.integers(1, 5)), **options), bottoms(shape))


@family("convolution-groups", Case(PLAIN.layer.replace(n_group=2), bottoms((3, 4, 6, 5))))
@st.composite
def groups(draw: st.DrawFn) -> Case:
    """Groups and dilation; several images of one shape through one filter bank."""
    kernel, dilation, n_group = draw(pairs(1, 3)), draw(pairs(1, 2)), draw(st.integers(1, 3))
    spans = ((kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1)
    shape = draw(image_shapes(n_group * draw(st.integers(1, 2)), spans))
    count = draw(st.integers(1, 2))
    layer = ConvolutionLayer(
        name="conv",
        n_filter=n_group * draw(st.integers(1, 3)),
        n_group=n_group,
        kernel=kernel,
        dilation=dilation,
        stride=draw(pairs(1, 2)),
        pad=draw(pairs(0, 1)),
        bottoms=names("x", count),
        tops=names("y", count),
    )
    return Case(layer, bottoms(*(shape,) * count))


@family("convolution-axes", PLAIN)
@st.composite
def axes(draw: st.DrawFn) -> Case:
    """Images with one axis, or with three."""
    count = draw(st.sampled_from([1, 3]))
    kernel = draw(sizes(count, 1, 2))
    options = {"stride": draw(sizes(count, 1, 2)), "pad": draw(sizes(count, 0, 1)), "dilation": draw(st.integers(1, 2))}
    n_group = draw(st.integers(1, 2))
    shape = draw(image_shapes(n_group * draw(st.integers(1, 2)), tuple(2 * k for k in kernel)))
    layer = PLAIN.layer.replace(n_filter=n_group * draw(st.integers(1, 2)), n_group=n_group, kernel=kernel, **options)
    return Case(layer, bottoms(shape))
