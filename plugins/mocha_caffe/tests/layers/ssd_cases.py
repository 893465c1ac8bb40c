"""Cases of the layers of detectors, for the conformance kit."""

from __future__ import annotations

from hypothesis import strategies as st

from mocha_caffe.layers import DetectionOutputLayer, NormalizeLayer, PriorBoxLayer
from mocha_core.testing import Bottom, Case, image_shapes, shapes
from mocha_core.testing.family import family
from mocha_core.testing.strategies import bottoms, pairs

NORMALIZE = Case(NormalizeLayer(name="norm", bottoms=["x"], tops=["y"]), bottoms((2, 3, 5, 4)))
PRIORS = Case(
    PriorBoxLayer(name="priors", min_sizes=[3], max_sizes=[5], bottoms=["x", "data"], tops=["y"]),
    bottoms((2, 3, 6, 5), (2, 1, 48, 41)),
)
NAMES = ("places", "scores", "priors")
FOUND = DetectionOutputLayer(name="found", num_classes=3, bottoms=NAMES, tops=["found"])


def predictions(layer: DetectionOutputLayer, num: int, count: int) -> Case:
    """Random ones for `count` prior boxes, of which some end before they begin."""
    places = 1 if layer.share_location else layer.num_classes
    scores = Bottom((num, count * layer.num_classes), "unit")
    return Case(layer, (Bottom((num, count * places * 4)), scores, Bottom((1, 2, count * 4), "unit")))


@family("normalize", NORMALIZE)
@st.composite
def normalize(draw: st.DrawFn) -> Case:
    """Whole samples or the channels of each place; one scale or one for each channel."""
    layer = NORMALIZE.layer.replace(
        across_spatial=draw(st.booleans()), channel_shared=draw(st.booleans()), eps=draw(st.sampled_from([1e-10, 0.25]))
    )
    return Case(layer, bottoms(draw(shapes(2, 5))))


@family("prior-box", PRIORS)
@st.composite
def prior_box(draw: st.DrawFn) -> Case:
    """With and without larger squares, ratios, inverses, and sizes of cells and image that are given."""
    least = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    layer = PRIORS.layer.replace(
        min_sizes=least,
        max_sizes=[side + 2 for side in least] if draw(st.booleans()) else (),
        aspect_ratios=draw(st.lists(st.sampled_from([1.0, 2.0, 0.5, 3.0]), max_size=3)),
        flip=draw(st.booleans()),
        clip=draw(st.booleans()),
        variance=draw(st.sampled_from([(0.1,), (0.1, 0.1, 0.2, 0.3)])),
        image_size=draw(st.sampled_from([(), (70, 50)])),
        step=draw(st.one_of(st.just(()), pairs(5, 9))),
        offset=draw(st.sampled_from([0.5, 0.0, 0.25])),
    )
    return Case(layer, bottoms(draw(image_shapes()), (1, 3, 40, 60)))


@family("detection-output", predictions(FOUND, 2, 5))
@st.composite
def detection_output(draw: st.DrawFn) -> Case:
    """All codes and limits; with and without a background, and places for each class."""
    classes = draw(st.integers(2, 4))
    layer = FOUND.replace(
        num_classes=classes,
        share_location=draw(st.booleans()),
        background_label_id=draw(st.integers(-1, classes)),
        code_type=draw(st.sampled_from(["corner", "center_size", "corner_size"])),
        variance_encoded_in_target=draw(st.booleans()),
        confidence_threshold=draw(st.sampled_from([None, 0.0, 0.5])),
        nms_threshold=draw(st.sampled_from([0.0, 0.37, 0.9])),
        eta=draw(st.sampled_from([1.0, 0.7])),
        top_k=draw(st.sampled_from([-1, 1, 3])),
        keep_top_k=draw(st.sampled_from([-1, 1, 4])),
        clip=draw(st.booleans()),
    )
    return predictions(layer, draw(st.integers(1, 3)), draw(st.integers(1, 7)))


FAMILIES = (normalize, prior_box, detection_output)
