"""The layers of detectors: SSD's, from the fork of Caffe that came with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mocha_core.layer import Layer
from mocha_core.log import logger

from ...formats import Message
from ...layers import DetectionOutputLayer, NormalizeLayer, PriorBoxLayer
from ..given import CaffeLayer
from ..learning import ONE, initializer, learning
from ..registry import translates
from ..translated import Slot, Translated

OPENCVS = ("offset_h", "offset_w", "width", "height")


@translates("Normalize")
def normalize(layer: CaffeLayer) -> Translated:
    """Over the whole sample or over the channels; one scale or one for each channel, from 1 where no filler says."""
    block = layer.block("norm_param")
    made = layer.make(
        NormalizeLayer,
        across_spatial=block.across_spatial,
        channel_shared=block.channel_shared,
        eps=block.eps,
        scale_init=initializer(layer, block, "scale_filler", ONE),
        **learning(layer, "scale"),
    )
    return Translated(layers=(made,), slots=(Slot(param="scale", loose=True),))


@translates("PriorBox")
def prior_box(layer: CaffeLayer) -> Layer:
    """Its sizes are whole pixels in Caffe, whatever the file says: the rest is cut off."""
    block = layer.block("prior_box_param")
    for field in OPENCVS:
        if field in block:
            raise layer.refuse(f"{field} is a field of OpenCV's, for nets of TensorFlow; Caffe's models have none")
    return layer.make(
        PriorBoxLayer,
        min_sizes=_whole(layer, "min_size", block.min_size),
        max_sizes=_whole(layer, "max_size", block.max_size),
        aspect_ratios=tuple(block.aspect_ratio),
        flip=block.flip,
        clip=block.clip,
        offset=block.offset,
        image_size=_pair(layer, block, "img_size", "img_h", "img_w"),
        step=_pair(layer, block, "step", "step_h", "step_w"),
        **({"variance": tuple(block.variance)} if block.variance else {}),
    )


def _whole(layer: CaffeLayer, field: str, sizes: Sequence[float]) -> tuple[float, ...]:
    cut = tuple(float(math.trunc(size)) if math.isfinite(size) else size for size in sizes)
    if cut != tuple(sizes):
        logger.info("%s: %s counts whole pixels, as in Caffe: %s", layer.where, field, ", ".join(f"{s:g}" for s in cut))
    return cut


def _pair(layer: CaffeLayer, block: Message, both: str, height: str, width: str) -> tuple[float, ...]:
    """A size for both directions or one for each; () if the file gives none."""
    given = [field for field in (both, height, width) if field in block]
    if given not in ([], [both], [height, width]):
        raise layer.refuse(f"{' and '.join(given)}: give {both} alone, or {height} and {width}")
    sizes = tuple(float(getattr(block, field)) for field in given)
    return sizes * 2 if given == [both] else sizes


@translates("DetectionOutput")
def detection_output(layer: CaffeLayer) -> Layer:
    """A fourth bottom is the image, on which Caffe would draw."""
    block = layer.block("detection_output_param")
    nms = block.nms_param
    _check_detection(layer, block)
    threshold = {"confidence_threshold": block.confidence_threshold} if "confidence_threshold" in block else {}
    return layer.make(
        DetectionOutputLayer,
        bottoms=layer.bottoms[:3],
        num_classes=block.num_classes,
        share_location=block.share_location,
        background_label_id=max(block.background_label_id, -1),
        code_type=str(block.code_type).lower(),
        variance_encoded_in_target=block.variance_encoded_in_target,
        nms_threshold=nms.nms_threshold,
        eta=nms.eta,
        top_k=max(nms.top_k, -1) if "top_k" in nms else -1,
        keep_top_k=max(block.keep_top_k, -1),
        clip=block.clip,
        **threshold,
    )


def _check_detection(layer: CaffeLayer, block: Message) -> None:
    if "num_classes" not in block:
        raise layer.refuse("num_classes is missing in detection_output_param")
    if not 3 <= len(layer.bottoms) <= 4:
        raise layer.refuse(f"it reads places, scores and prior boxes, and not {len(layer.bottoms)} blobs")
    if not block.normalized_bbox:
        raise layer.refuse("normalized_bbox: false is an option of OpenCV's; Caffe's boxes are parts of the image")
    if block.visualize or "save_output_param" in block:
        logger.warning("%s: no picture is shown and no file written; the boxes are its top", layer.where)


@translates("AnnotatedData", "VideoData")
def pictures_with_boxes(layer: CaffeLayer) -> Layer:
    """Only a hint what to give instead."""
    shape = _shape_of_pictures(layer.message)
    raise layer.refuse(
        "Mocha does not read databases of pictures with boxes, nor videos; to run the net without, say what comes in: "
        f'shapes={{"{layer.message.top[0] if layer.message.top else "data"}": {shape}}}'
    )


def _shape_of_pictures(message: Message) -> tuple[Any, ...]:
    resized = message.transform_param.resize_param
    return (1, 3, resized.height or 300, resized.width or 300)


@translates("MultiBoxLoss", sink=True)
def multi_box_loss(layer: CaffeLayer) -> list[Layer]:
    """Left out where there are no labels, as any loss in a prediction."""
    if len(layer.shapes) < len(layer.bottoms):
        return _left_out(layer, "the net can predict, not train")
    raise layer.refuse(
        "Mocha runs detectors, but does not train them: there is no MultiBoxLoss. Load the deploy prototxt; or this "
        'one without its labels, with phase="test" and shapes={"data": (1, 3, 300, 300)}'
    )


@translates("DetectionEvaluate", sink=True)
def detection_evaluate(layer: CaffeLayer) -> list[Layer]:
    """Left out: what it counts makes a mean average precision only with Caffe's solver."""
    return _left_out(layer, "what the net finds is the top of its DetectionOutput")


def _left_out(layer: CaffeLayer, consequence: str) -> list[Layer]:
    logger.warning("%s is left out: %s", layer.where, consequence)
    return []
