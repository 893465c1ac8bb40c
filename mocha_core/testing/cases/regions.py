"""Cases of the layers that look at places given by numbers: pooling of regions, and unpooling."""

from __future__ import annotations

from hypothesis import strategies as st

from ...layers import ROIPoolingLayer, UnpoolingLayer
from ..case import Bottom, Case
from ..family import family
from ..strategies import image_shapes, pairs

PLAIN_ROI = Case(
    ROIPoolingLayer(name="roi", size=(2, 3), scale=2, bottoms=["x", "rois"], tops=["y"]),
    (Bottom((3, 2, 7, 6)), Bottom((4, 5), classes=3)),
)
PLAIN_UNPOOLING = Case(
    UnpoolingLayer(name="up", factor=2, bottoms=["x", "places"], tops=["y"]),
    (Bottom((2, 3, 4, 5)), Bottom((2, 3, 4, 5), classes=80)),
)


@family("roi-pooling", PLAIN_ROI)
@st.composite
def roi_pooling(draw: st.DrawFn) -> Case:
    """Regions in, on and beyond the border of the images, also turned round; more and fewer bins than pixels."""
    shape = draw(image_shapes())
    layer = PLAIN_ROI.layer.replace(size=draw(pairs(1, 4)), scale=draw(st.sampled_from([0.5, 1.0, 3.0])))
    count = draw(st.integers(1, 5))
    rois = draw(st.sampled_from([(count, 5), (count, 5, 1, 1)]))
    return Case(layer, (Bottom(shape), Bottom(rois, classes=shape[0])))


@family("unpooling", PLAIN_UNPOOLING)
@st.composite
def unpooling(draw: st.DrawFn) -> Case:
    """By factor and by size; several numbers for one place, and places beyond the image."""
    shape, factor = draw(image_shapes()), draw(pairs(1, 3))
    less = tuple(int(draw(st.booleans()) and side * times > 1) for side, times in zip(shape[2:], factor, strict=True))
    options = draw(st.sampled_from([{"factor": factor, "less": less}, {"factor": (), "size": draw(pairs(1, 9))}]))
    places = Bottom(shape, classes=draw(st.integers(1, 90)))
    return Case(PLAIN_UNPOOLING.layer.replace(**options), (Bottom(shape), places))
