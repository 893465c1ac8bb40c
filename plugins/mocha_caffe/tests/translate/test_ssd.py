"""The layers of detectors, as prototxts have them."""

from __future__ import annotations

import logging
import math

import pytest

from mocha_caffe.layers import DetectionOutputLayer, NormalizeLayer, PriorBoxLayer
from mocha_core import ConstantInitializer, InputLayer, L2Regu, MochaError

from .texts import DATA, conv, layer, model

FIVE = 'layer { name: "y" type: "PriorBox" bottom: "conv" bottom: "data" top: "y" prior_box_param { %s } }\n'
BLOBS = 'layer { name: "in" type: "Input" %s input_param { %s } }\n'
SHAPES = (2, 8 * 4), (2, 8 * 3), (1, 2, 8 * 4)
FOUND = 'layer { name: "y" type: "DetectionOutput" %s top: "y" detection_output_param { %s } }\n'


def normalize(block: str):
    found = model(DATA + layer("y", "Normalize", "data", "", f"norm_param {{ {block} }} param {{ lr_mult: 3 }}"))
    return found.layers[-1]


def prior_box(block: str):
    return model(DATA + conv("conv", "data") + FIVE % block).layers[-1]


def detection_output(block: str, count: int = 3):
    names = [f"b{k}" for k in range(count)]
    shapes = [*SHAPES, (2, 3, 8, 6), (1,)][:count]
    dims = " ".join(f"shape {{ {' '.join(f'dim: {size}' for size in shape)} }}" for shape in shapes)
    blobs = BLOBS % (" ".join(f'top: "{name}"' for name in names), dims)
    return model(blobs + FOUND % (" ".join(f'bottom: "{name}"' for name in names), block)).layers[-1]


def test_normalize():
    names = {"name": "y", "bottoms": ["data"], "tops": ["y"], "scale_lr": 3.0, "scale_regu": L2Regu(0.5)}
    assert normalize("") == NormalizeLayer(**names, eps=normalize("").eps)
    assert normalize("").eps == pytest.approx(1e-10)
    made = normalize('across_spatial: false channel_shared: false eps: 0.5 scale_filler { type: "constant" value: 20 }')
    options = {"across_spatial": False, "channel_shared": False, "scale_init": ConstantInitializer(20.0)}
    assert made == NormalizeLayer(**names, **options, eps=0.5)


def test_prior_box():
    names = {"name": "y", "bottoms": ["conv", "data"], "tops": ["y"]}
    assert prior_box("min_size: 30") == PriorBoxLayer(**names, min_sizes=[30.0], variance=[0.1])
    made = prior_box(
        "min_size: 30 min_size: 40 max_size: 60 max_size: 70 aspect_ratio: 2 flip: false clip: true "
        "variance: 0.5 variance: 1 variance: 2 variance: 3 img_size: 300 step_h: 8 step_w: 4 offset: 0.25"
    )
    sizes = {"min_sizes": [30.0, 40.0], "max_sizes": [60.0, 70.0], "image_size": [300.0, 300.0], "step": [8.0, 4.0]}
    options = {"flip": False, "clip": True, "variance": [0.5, 1, 2, 3], "aspect_ratios": [2.0], "offset": 0.25}
    assert made == PriorBoxLayer(**names, **sizes, **options)
    assert prior_box("min_size: 1 img_h: 20 img_w: 30 step: 8").image_size == (20, 30)
    assert prior_box("min_size: 1 step: 8").step == (8, 8)


def test_prior_box_sizes_are_whole_pixels(caplog):
    with caplog.at_level(logging.INFO, "mocha"):
        made = prior_box("min_size: 35.84 max_size: 76.8")
    assert (made.min_sizes, made.max_sizes) == ((35,), (76,))
    assert "layer 'y' (PriorBox): min_size counts whole pixels, as in Caffe: 35" in caplog.text


def test_detection_output():
    names = {"name": "y", "bottoms": ["b0", "b1", "b2"], "tops": ["y"], "num_classes": 3}
    made = detection_output("num_classes: 3")
    assert made == DetectionOutputLayer(**names, nms_threshold=made.nms_threshold)
    assert made.nms_threshold == pytest.approx(0.3)
    made = detection_output(
        "num_classes: 3 background_label_id: 2 code_type: CENTER_SIZE variance_encoded_in_target: true keep_top_k: 5 "
        "confidence_threshold: 0.25 nms_param { nms_threshold: 0.5 top_k: 7 eta: 0.75 } clip: true"
    )
    places = {"background_label_id": 2, "code_type": "center_size", "variance_encoded_in_target": True, "clip": True}
    limits = {"confidence_threshold": 0.25, "nms_threshold": 0.5, "eta": 0.75, "top_k": 7, "keep_top_k": 5}
    assert made == DetectionOutputLayer(**names, **places, **limits)


def test_detection_output_does_not_draw(caplog):
    made = detection_output("num_classes: 3 visualize: true", count=4)
    assert made.bottoms == ("b0", "b1", "b2")
    assert "no picture is shown and no file written" in caplog.text


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("", "min_sizes must be one number at least"),
        ("min_size: 0.5", "must be positive numbers"),
        ("min_size: inf", "min_sizes is a list of finite numbers"),
        ("min_size: 1 img_h: 20", "img_h: give img_size alone, or img_h and img_w"),
        ("min_size: 1 step: 2 step_w: 3", "step and step_w: give step alone"),
        ("min_size: 1 variance: 1 variance: 2", "must be 1 or 4 numbers"),
        ("min_size: 1 width: 2", "width is a field of OpenCV's"),
    ],
)
def test_prior_boxes_that_are_refused(block, said):
    with pytest.raises(MochaError, match=rf"net\.prototxt:3:1: layer 'y' .*{said}"):
        prior_box(block)


@pytest.mark.parametrize(
    ("block", "count", "said"),
    [
        ("", 3, "num_classes is missing"),
        ("num_classes: 3", 2, "and not 2 blobs"),
        ("num_classes: 3", 5, "and not 5 blobs"),
        ("num_classes: 3 normalized_bbox: false", 3, "an option of OpenCV's"),
        ("num_classes: 3 nms_param { top_k: 0 }", 3, "top_k=0 must be positive"),
        ("num_classes: 4294967295", 3, "need 4294967295 numbers each"),
    ],
)
def test_detection_outputs_that_are_refused(block, count, said):
    with pytest.raises(MochaError, match=rf"net\.prototxt:2:1: layer 'y' .*{said}"):
        detection_output(block, count)


TRAINING = (
    'layer { name: "data" type: "AnnotatedData" top: "data" top: "label" '
    "data_param { batch_size: 4 } transform_param { resize_param { height: 200 width: 320 } } }\n"
    + layer("ip", "InnerProduct", "data", "", "inner_product_param { num_output: 3 }")
)
LOSS = 'layer { name: "mbox_loss" type: "MultiBoxLoss" bottom: "ip" bottom: "label" top: "mbox_loss" }\n'
COUNT = 'layer { name: "eval" type: "DetectionEvaluate" bottom: "ip" bottom: "label" top: "eval" }\n'


def test_pictures_with_boxes_become_an_input(caplog):
    with pytest.raises(MochaError, match=r"layer 'data' \(AnnotatedData\).*shapes=\{\"data\": \(1, 3, 200, 320\)\}"):
        model(TRAINING)
    found = model(TRAINING + LOSS + COUNT, {"data": (1, 3, 200, 320)})
    assert [type(each) for each in found.layers][:1] == [InputLayer]
    assert [each.name for each in found.layers[1:]] == ["ip"]
    assert "layer 'mbox_loss' (MultiBoxLoss) is left out: the net can predict, not train" in caplog.text


def test_multi_box_loss_is_not_there_and_the_sentence_says_so():
    label = 'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 1 dim: 8 } } }\n'
    ip = layer("ip", "InnerProduct", "data", "", "inner_product_param { num_output: 3 }")
    with pytest.raises(MochaError, match=r"net\.prototxt:4:1: layer 'mbox_loss' .*does not train them"):
        model(DATA + label + ip + LOSS, phase="train")
    assert math.prod(model(DATA + label + ip + COUNT).shapes["ip"].shape) == 6
