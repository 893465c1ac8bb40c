"""How a net's images are prepared, as far as its prototxt says it: transform_param as a preprocessing record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mocha_core.errors import MochaError, OptionError
from mocha_core.log import logger
from mocha_core.preprocessing import Preprocessing

from .data.mean_file import read_mean
from .formats import Message
from .translate import CaffeLayer, Model
from .translate.model import Step

COLOURS = {1: "gray", 3: "BGR"}
IMAGE_AXES = 4


def record_of(model: Model) -> Preprocessing | None:
    """That of the first layer of images with a transform_param; None where there is none, or it cannot be followed.

    Caffe's rules: the colours are blue, green, red; from 0 to 255, minus mean, times scale; the middle is kept. Images
    are resized to what the layer says (new_height, new_width), or to the size of the mean image.
    """
    step = next((step for step in model.steps if _reads_images(step)), None)
    if step is None:
        return None
    try:
        return _record(step.given, step.tops[0].shape[1])
    except MochaError as error:
        logger.warning("%s; so the net has no preprocessing record, and takes no images as bytes", error)
        return None


def _reads_images(step: Step) -> bool:
    message = step.given.message
    if message.bottom or "transform_param" not in message or not step.tops:
        return False
    shape = step.tops[0].shape
    return len(shape) == IMAGE_AXES and shape[1] in COLOURS


def _record(layer: CaffeLayer, channels: int) -> Preprocessing:
    block = layer.block("transform_param")
    mean = _mean(layer, block)
    crop = tuple(int(getattr(block, side) or block.crop_size) for side in ("crop_h", "crop_w"))
    try:
        return Preprocessing(
            colour=COLOURS[channels],
            resize=_size(layer, block) or _size_of(mean),
            crop=crop if all(crop) else None,
            mean=mean,
            scale=block.scale,
        )
    except OptionError as error:
        raise layer.refuse(f"transform_param: {error}") from error


def _mean(layer: CaffeLayer, block: Message) -> Any:
    """An image, or numbers."""
    if not block.mean_file:
        return tuple(block.mean_value)
    if block.mean_value:
        raise layer.refuse("transform_param has both mean_file and mean_value")
    path = Path(layer.file(block.mean_file))
    if not path.is_file():
        raise layer.refuse(f"there is no mean file {block.mean_file!r}")
    return read_mean(path)


def _size(layer: CaffeLayer, block: Message) -> tuple[int, int] | None:
    """What the file says images are resized to."""
    images, boxes = layer.block("image_data_param"), block.resize_param
    if "resize_param" in block and boxes.resize_mode != "WARP":
        raise layer.refuse(f"resize_mode: {boxes.resize_mode} cannot be followed, only WARP")
    height, width = int(images.new_height or boxes.height), int(images.new_width or boxes.width)
    return (height, width) if height and width else None


def _size_of(mean: Any) -> tuple[int, int] | None:
    """That of a mean image, which images have when Caffe subtracts it."""
    return None if isinstance(mean, tuple) or mean.ndim != 3 else (mean.shape[1], mean.shape[2])
