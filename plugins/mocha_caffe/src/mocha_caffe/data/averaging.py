"""The mean of all images, as Caffe's compute_image_mean."""

from __future__ import annotations

import numpy as np

from mocha_core.data.source import HostArray
from mocha_core.errors import DataError

from .picture import Pictures


def mean_image(pictures: Pictures) -> HostArray:
    """The mean (channels, height, width), float32, of images that all have one size; summed in float64."""
    first = pictures.read(0)
    total = np.zeros(first.shape, np.float64)
    for number in range(len(pictures)):
        picture = pictures.read(number)
        if picture.shape != first.shape:
            raise DataError(
                f"{picture.place} has the shape {picture.shape} (channels, height, width), {first.place} "
                f"{first.shape}; a mean needs images of one size: mocha caffe convert-imageset resizes them"
            )
        total += picture.pixels
    return (total / len(pictures)).astype(np.float32)
