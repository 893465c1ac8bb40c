"""Layers that read images, from databases or files."""

from __future__ import annotations

from pathlib import Path

from mocha_core.errors import MissingFileError
from mocha_core.layer import Layer

from ...layers import DatumDataLayer, ImageDataLayer, WindowDataLayer
from ..given import CaffeLayer
from ..registry import translates
from ..transform_param import decoding, instead, transforming

SAME = ("fg_threshold", "bg_threshold", "fg_fraction", "context_pad", "crop_mode")


@translates("Data")
def data(layer: CaffeLayer) -> Layer:
    """Records of an LMDB. What the folder holds decides, not `backend`."""
    block = layer.block("data_param")
    return layer.make(
        DatumDataLayer,
        source=_found(layer, block.source, "database"),
        batch_size=block.batch_size,
        rand_skip=block.rand_skip,
        decode=decoding(layer),
        transformers=transforming(layer, block),
    )


@translates("ImageData")
def image_data(layer: CaffeLayer) -> Layer:
    """Files in a list."""
    block = layer.block("image_data_param")
    if bool(block.new_height) != bool(block.new_width):
        raise layer.refuse("new_height and new_width go together; write both or neither")
    return layer.make(
        ImageDataLayer,
        source=_found(layer, block.source, "list of images"),
        root_folder=layer.file(block.root_folder) if block.root_folder else "",
        batch_size=block.batch_size,
        shuffle=block.shuffle,
        rand_skip=block.rand_skip,
        size=(block.new_height, block.new_width) if block.new_height else None,
        is_color=block.is_color,
        transformers=transforming(layer, block),
    )


@translates("WindowData")
def window_data(layer: CaffeLayer) -> Layer:
    """Windows of images, for R-CNN. Crop, mean and scale belong together: around an image's edge a sample is 0."""
    block, how = layer.block("window_data_param"), layer.block("transform_param")
    transforming(layer, block)
    return layer.make(
        WindowDataLayer,
        source=_found(layer, block.source, "window file"),
        root_folder=layer.file(block.root_folder) if block.root_folder else "",
        batch_size=block.batch_size,
        crop_size=how.crop_size,
        mirror=how.mirror,
        mean_file=layer.file(how.mean_file) if how.mean_file else "",
        mean_values=tuple(how.mean_value),
        scale=how.scale,
        **{name: getattr(block, name) for name in SAME},
    )


def _found(layer: CaffeLayer, path: str, what: str) -> str:
    """The path of a source that is there."""
    if not path:
        raise layer.refuse(f"source is missing; it names the {what}")
    found = layer.file(path)
    if not Path(found).exists():
        raise MissingFileError(f"{layer.where}: there is no {what} {path!r}; {instead(layer)}")
    return found
