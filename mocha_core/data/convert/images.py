"""Image files that a list names, to HDF5."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...blob import Shape
from ...errors import DataError, PluginError
from ...io.atomic import replacing
from ..source import HostArray
from .image_list import ListedImage, read_list
from .writing import write_list

EIGHT_BITS = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB")
"""The modes of images in Pillow with values from 0 to 255; others would be cut off without a word."""

Say = Callable[[str], None]


def convert(
    listing: Path, to: Path, size: tuple[int, int] | None = None, *, gray: bool = False, say: Say = print
) -> None:
    """Write SET.hdf5 and the list SET.txt into `to` for each SET that the column TrainTest of the CSV file names.

    size: (height, width) that each image is resized to, whatever its own proportions; None: all must be of one size.
    gray: one channel, the luminance; otherwise three, red, green and blue.
    Datasets: `data` (n, channels, height, width) float32 from 0 to 255, `label` (n, 1) float32; in the list's order.
    """
    _pillow()
    sets = read_list(listing)
    for part, images in sets.items():
        target = to / f"{part}.hdf5"
        _write(target, images, size, gray)
        write_list(to / f"{part}.txt", target.name)
        say(f"{target}: {len(images)} images, listed in {to / part}.txt")


def _write(target: Path, images: Sequence[ListedImage], size: tuple[int, int] | None, gray: bool) -> None:
    """One image at a time, so that the data set need not fit in memory."""
    import h5py

    shape = read_image(images[0], size, gray).shape
    with replacing(target) as temporary, h5py.File(temporary, "w") as file:
        data = file.create_dataset("data", (len(images), *shape), "float32")
        file["label"] = np.array([[image.label] for image in images], np.float32)
        for number, image in enumerate(images):
            data[number] = _of_shape(shape, read_image(image, size, gray), image, images[0])


def read_image(image: ListedImage, size: tuple[int, int] | None, gray: bool) -> HostArray:
    """The image as (channels, height, width), unsigned bytes."""
    pillow, ops = _pillow()
    try:
        with pillow.open(image.path) as opened:
            if opened.mode not in EIGHT_BITS:
                raise DataError(f"{image.place}: {image.path} has more than 8 bits per channel ({opened.mode})")
            upright = ops.exif_transpose(opened).convert("L" if gray else "RGB")
            sized = upright if size is None else upright.resize((size[1], size[0]), pillow.Resampling.BILINEAR)
            pixels = np.asarray(sized)
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError) as error:
        raise error if isinstance(error, DataError) else _unreadable(image, error) from error
    return pixels[None] if gray else np.moveaxis(pixels, -1, 0)


def _of_shape(shape: Shape, pixels: HostArray, image: ListedImage, first: ListedImage) -> HostArray:
    if pixels.shape != shape:
        (_, height, width), (_, h, w) = shape, pixels.shape
        raise DataError(
            f"{image.place}: {image.path} is {h} x {w} pixels, {first.path} {height} x {width}; bring all to one size "
            f"with --size {height} {width}"
        )
    return pixels


def _unreadable(image: ListedImage, error: Exception) -> DataError:
    return DataError(f"{image.place}: {image.path} cannot be read as an image: {error}")


def _pillow() -> tuple[Any, Any]:
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise PluginError("reading images needs Pillow: pip install 'mocha-core[images]'") from error
    return Image, ImageOps
