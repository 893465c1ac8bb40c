"""Image files and encoded records as pixels, in OpenCV's order: blue, green, red."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.data.source import HostArray
from mocha_core.errors import DataError, PluginError

FORMATS = ("BMP", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
NATIVE, COLOR, GRAY = "native", "color", "gray"
DECODINGS = (NATIVE, COLOR, GRAY)
"""As stored (one, three or four channels); three channels; one, the luminance."""
TARGETS = {
    "1": "L", "L": "L", "P": "RGB", "RGB": "RGB", "CMYK": "RGB", "YCbCr": "RGB", "RGBX": "RGB",
    "LA": "RGBA", "PA": "RGBA", "RGBA": "RGBA",
}  # fmt: skip
"""Modes with eight bits a channel, and what each is natively."""
MOST_PIXELS = 1 << 26


def decode(data: bytes | memoryview | Path, how: str, place: str) -> HostArray:
    """Pixels (channels, height, width), unsigned bytes, of a file or of its bytes. place: how errors begin.

    A turn that a camera noted is not carried out, and an opacity is dropped unless `how` is "native": as in Caffe.
    """
    pillow = pillow_image()
    stored = data if isinstance(data, Path) else io.BytesIO(data)
    try:
        with pillow.open(stored, formats=FORMATS) as opened:
            return _pixels(opened, how)
    except DataError as error:
        raise DataError(f"{place}: {error}") from None
    except Exception as error:  # the decoders of damaged images raise whatever comes
        raise DataError(f"{place} cannot be read as an image: {error or type(error).__name__}") from error


def encode(pixels: HostArray, kind: str) -> bytes:
    """The image as a file in memory. kind: a suffix such as "png" or "jpg"."""
    pillow = pillow_image()
    name = pillow.registered_extensions().get(f".{kind.lower().lstrip('.')}")
    if name not in FORMATS:
        raise DataError(f"images are not written as {kind!r}; take png or jpg")
    plane = pixels[0] if len(pixels) == 1 else np.moveaxis(_swapped(pixels), 0, -1)
    file = io.BytesIO()
    options = {"quality": 95} if name == "JPEG" else {}
    pillow.fromarray(np.ascontiguousarray(plane)).save(file, name, **options)
    return file.getvalue()


def pillow_image() -> Any:
    """The module that knows image files."""
    try:
        from PIL import Image
    except ImportError as error:
        raise PluginError("images in files need Pillow: pip install 'mocha-caffe[images]'") from error
    return Image


def _pixels(opened: Any, how: str) -> HostArray:
    if opened.width * opened.height > MOST_PIXELS:
        raise DataError(f"an image of {opened.width} x {opened.height} pixels; at most {MOST_PIXELS} are read")
    if opened.mode not in TARGETS:
        raise DataError(f"an image with other than eight bits a channel ({opened.mode})")
    native = "RGBA" if "transparency" in opened.info and opened.mode == "P" else TARGETS[opened.mode]
    target = {NATIVE: native, COLOR: "RGB", GRAY: "L"}[how]
    if target == "L":
        opened.draft("L", opened.size)
    image = opened if opened.mode == target else opened.convert(target)
    pixels = np.asarray(image)
    return pixels[None] if pixels.ndim == 2 else _swapped(np.moveaxis(pixels, -1, 0))


def _swapped(pixels: HostArray) -> HostArray:
    """Red and blue exchanged."""
    return pixels[[2, 1, 0, *range(3, len(pixels))]]
