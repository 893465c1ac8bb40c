"""Images as users have them: arrays of bytes, Pillow's images, files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from ..errors import DataError, MissingFileError, PluginError
from .source import HostArray

Images: TypeAlias = "HostArray | Sequence[Any]"
"""Several of them: an array with the images along axis 0, or a sequence of arrays, Pillow's images and paths."""

CHANNELS = (1, 3)
MOST_PIXELS = 1 << 27
LUMINANCE = (0.299, 0.587, 0.114)
"""Of red, green and blue, by ITU-R BT.601."""


def is_images(given: Any) -> bool:
    """Whether what a user gave is images (bytes, Pillow's images, paths), one or several, and not plain numbers."""
    if isinstance(given, (list, tuple)):
        return bool(given) and all(is_images(each) for each in given)
    return _is_bytes(given) or isinstance(given, (str, os.PathLike)) or _is_pillow(given)


def images_of(given: Any) -> Images:
    """One image or several, as several.

    An array is one image (height, width) or (height, width, 1 or 3), several (num, height, width, 1 or 3), or several
    gray ones (num, height, width).
    """
    if isinstance(given, (list, tuple)):
        if not given:
            raise DataError("there are no images in an empty list")
        return given
    if not isinstance(given, np.ndarray):
        return [given]
    if given.ndim == 2 or (given.ndim == 3 and given.shape[-1] in CHANNELS):
        return given[None]
    if given.ndim == 3 or (given.ndim == 4 and given.shape[-1] in CHANNELS):
        return given
    raise DataError(_strange(given.shape))


def pixels(image: Any) -> HostArray:
    """One image as bytes (height, width, 1 or 3), in the order red, green, blue; files are read."""
    if isinstance(image, (str, os.PathLike)):
        return _read(Path(image))
    found = _of_pillow(image) if _is_pillow(image) else image
    if not _is_bytes(found):
        kind = f"of {found.dtype}" if isinstance(found, np.ndarray) else type(found).__name__
        raise DataError(f"images are arrays of unsigned bytes (uint8), Pillow's images or paths, not {kind}")
    planes = found[:, :, None] if found.ndim == 2 else found
    if planes.ndim != 3 or planes.shape[-1] not in CHANNELS or not planes.size:
        raise DataError(_strange(found.shape))
    return planes


def in_colour(image: HostArray, colour: str) -> HostArray:
    """The bytes (height, width, 1 or 3) with the channels that a net reads: "BGR", "RGB" or "gray"."""
    if colour == "gray":
        return image if image.shape[-1] == 1 else _gray(image)
    if image.shape[-1] == 1:
        return np.repeat(image, 3, axis=-1)
    return image[..., ::-1] if colour == "BGR" else image


def _gray(image: HostArray) -> HostArray:
    return np.asarray(np.rint(image @ np.array(LUMINANCE, np.float32)), np.uint8)[..., None]


def _is_bytes(given: Any) -> bool:
    return isinstance(given, np.ndarray) and given.dtype == np.uint8


def _is_pillow(given: Any) -> bool:
    return any(kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(given).__mro__)


def _of_pillow(image: Any) -> HostArray:
    """Gray stays gray; all else becomes red, green, blue, and an opacity is dropped."""
    _refuse_large(image)
    if image.mode.startswith(("I", "F")):
        raise DataError(f"the image has other than eight bits a channel (Pillow's mode {image.mode}); convert it first")
    whole = image.convert("RGBA") if image.mode == "P" else image
    return np.asarray(whole.convert("L" if image.mode in ("1", "L", "LA") else "RGB"))


def _refuse_large(image: Any) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise DataError(f"an image of {image.width} x {image.height} pixels; at most {MOST_PIXELS} are read")


def _read(path: Path) -> HostArray:
    """The pixels of a file, turned as the camera noted."""
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise PluginError("reading images needs Pillow: pip install 'mocha-core[images]'") from error
    if not path.is_file():
        what = "it is a folder; name the images in it" if path.is_dir() else "correct the path"
        raise MissingFileError(f"there is no image {str(path)!r}; {what}")
    try:
        with Image.open(path) as opened:
            _refuse_large(opened)
            return pixels(ImageOps.exif_transpose(opened))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except Exception as error:  # the decoders of damaged images raise whatever comes
        raise DataError(f"{path} cannot be read as an image: {error or type(error).__name__}") from error


def _strange(shape: tuple[int, ...]) -> str:
    said = f"images are (num, height, width, 3) or (num, height, width, 1), and this array is {shape}"
    if shape[-1:] == (4,):
        return f"{said}; leave out the opacity: images[..., :3]"
    if len(shape) == 4 and shape[1] in CHANNELS:
        return f"{said}; bring the channels to the end, images.transpose(0, 2, 3, 1), or give the net finished floats"
    if len(shape) == 3 and shape[0] in CHANNELS:
        return f"{said}; bring the channels to the end, image.transpose(1, 2, 0)"
    return said
