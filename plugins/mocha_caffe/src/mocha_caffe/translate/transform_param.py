"""transform_param as Mocha's transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mocha_core.data import RandomCrop, RandomMirror, Scale, SubMean
from mocha_core.data.transformers import Transformer
from mocha_core.errors import MissingFileError
from mocha_core.log import logger
from mocha_core.plan import TRAIN

from ..data import AlwaysRandomMirror, SubMeanFile
from ..data.decoding import COLOR, GRAY, NATIVE
from ..formats import Message
from .given import CaffeLayer

STRANGE = ("resize_param", "noise_param", "distort_param", "expand_param", "emit_constraint")
"""What forks for detection add."""
MOVED = ("scale", "mean_file", "crop_size", "mirror")


def transforming(layer: CaffeLayer, old: Message) -> Sequence[tuple[str, Transformer]]:
    """Pairs of the first top and a transformer: (pixel - mean) * scale, cropped and mirrored as Caffe does.

    A mean image is subtracted before the crop, so that it is taken at the crop's place; without one the crop comes
    first. old: the layer's own block, whose fields of these names Caffe ignores; that is logged.
    """
    block = layer.block("transform_param")
    _check(layer, block)
    for name in MOVED:
        if name in old and name not in block:
            logger.warning("%s: Caffe ignores %s outside of transform_param; write it there", layer.where, name)
    top = layer.tops[0]
    return tuple((top, transformer) for transformer in _transformers(layer, block))


def decoding(layer: CaffeLayer) -> str:
    """What encoded images become."""
    block = layer.block("transform_param")
    if block.force_color and block.force_gray:
        raise layer.refuse("transform_param has both force_color and force_gray; keep one of them")
    if block.force_gray:
        return GRAY
    return COLOR if block.force_color or layer.block("data_param").force_encoded_color else NATIVE


def _transformers(layer: CaffeLayer, block: Message) -> Iterator[Transformer]:
    height, width = (int(getattr(block, side) or block.crop_size) for side in ("crop_h", "crop_w"))
    crop = [RandomCrop((height, width))] if height and width else []
    if block.mean_file:
        yield SubMeanFile(_existing(layer, block.mean_file))
        yield from crop
    else:
        yield from crop
        if block.mean_value:
            yield SubMean(mean_values=tuple(block.mean_value))
    if block.mirror:
        yield RandomMirror() if layer.settings.phase == TRAIN else AlwaysRandomMirror()
    if block.scale != 1:
        yield Scale(block.scale)


def _check(layer: CaffeLayer, block: Message) -> None:
    strange = [name for name in STRANGE if name in block]
    if strange:
        raise layer.refuse(
            f"transform_param has {', '.join(strange)}, of a fork for detection; Mocha crops, mirrors, subtracts a "
            f"mean and scales. Take it out, or {instead(layer)}"
        )
    if block.mean_file and block.mean_value:
        raise layer.refuse("transform_param has both mean_file and mean_value; keep one of them")


def _existing(layer: CaffeLayer, path: str) -> str:
    found = layer.file(path)
    if not Path(found).exists():
        raise MissingFileError(f"{layer.where}: there is no mean file {path!r}; {instead(layer)}")
    return found


def instead(layer: CaffeLayer) -> str:
    """How to run the net without this layer."""
    top = layer.tops[0] if layer.tops else "data"
    sizes = f'shapes={{"{top}": (1, 3, 227, 227)}}, on the command line --shape {top}=1x3x227x227'
    return f"to run the net without its data, say what comes in: {sizes}"
