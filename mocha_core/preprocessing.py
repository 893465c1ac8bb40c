"""What a net wants done to an image before it sees it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from .data.images import images_of, in_colour, pixels
from .data.mean_image import Mean, mean_of
from .data.resizing import resized
from .data.source import HostArray
from .errors import DataError
from .ops.sizes import Pair, Size, pair
from .specs import Spec, spec

COLOURS = {"BGR": 3, "RGB": 3, "gray": 1}
LARGEST_SIDE = 1 << 14


@spec(kw_only=True, eq=False)
class Preprocessing(Spec):
    """From bytes to what a net reads: resize, keep the middle, order the colours, subtract the mean, then scale.

    y = scale * (x - mean), with x from 0 to 255, as Caffe does it. The record travels with a net (`net.notes`), and
    `net.predict(images)` uses it for images of bytes, Pillow's images and paths; floats are taken as they are.

    colour: "BGR" (nearly all models of Caffe), "RGB" or "gray": the channels that the net reads. Images themselves are
    given in the order red, green, blue, as Pillow and matplotlib have them; turn OpenCV's with `image[..., ::-1]`.
    resize: (height, width), or one number for the shorter side, the other in proportion; None: as it is.
    crop: the middle (height, width), or one number for both; None: everything.
    mean: one number, one for each channel of the net, in its order, or a mean image (channels, height, width) as an
    array or a file (.npy, or HDF5 with the data set `mean`); of a larger mean image the middle is taken.
    scale: what the difference is multiplied by.

    >>> import numpy as np
    >>> from mocha_core import Preprocessing
    >>> squeezenet = Preprocessing(colour="BGR", resize=(227, 227), mean=(104, 117, 123))
    >>> squeezenet.apply(np.zeros((5, 480, 640, 3), np.uint8)).shape
    (5, 3, 227, 227)
    """

    colour: str
    resize: Size | None = None
    crop: Any = None
    mean: Any = ()
    scale: float = 1.0

    def check(self) -> None:
        if self.colour not in COLOURS:
            raise self.refuse(f"colour is {', '.join(map(repr, COLOURS))}, not {self.colour!r}")
        if self.crop is not None:
            self._put("crop", self._sides("crop", self.crop))
        if self.resize is not None:
            sides = self._sides("resize", self.resize)
            self._put("resize", sides[0] if isinstance(self.resize, int) else sides)
        self._put("mean", mean_of(self, self.mean, COLOURS[self.colour]))

    def apply(self, images: Any) -> HostArray:
        """What the net reads: float32 (num, channels, height, width), of one image or several.

        images: bytes (uint8) in an array (num, height, width, 3 or 1), (num, height, width), (height, width, 3 or 1) or
        (height, width); or a Pillow image, or a path; or a list of those, whose sizes may differ if `crop` or
        `resize=(height, width)` makes them equal. Raises `DataError` or `MissingFileError`.
        """
        finished = [self._finished(pixels(image)) for image in images_of(images)]
        sizes = {image.shape[1:]: None for image in finished}
        if len(sizes) > 1:
            said = " and ".join(f"{height} x {width}" for height, width in sizes)
            raise DataError(f"images of a batch need one size, and these are {said}; give resize=(height, width)")
        return np.stack(finished)

    def _finished(self, image: HostArray) -> HostArray:
        x = in_colour(self._cropped(self._resized(image)), self.colour)
        y = np.ascontiguousarray(np.moveaxis(x, -1, 0), np.float32)
        if len(self.mean):
            y -= self._mean(y.shape)
        y *= np.float32(self.scale)
        return y

    def _resized(self, image: HostArray) -> HostArray:
        if self.resize is None:
            return image
        if not isinstance(self.resize, int):
            return resized(image, *self.resize)
        height, width = image.shape[:2]
        factor = self.resize / min(height, width)
        return resized(image, *(max(self.resize, round(side * factor)) for side in (height, width)))

    def _cropped(self, image: HostArray) -> HostArray:
        if self.crop is None:
            return image
        if any(want > have for want, have in zip(self.crop, image.shape, strict=False)):
            raise DataError(f"{self._sized(image.shape)} is smaller than crop={self.crop}; give resize, too")
        return _middle(image, self.crop)

    def _mean(self, shape: tuple[int, ...]) -> HostArray:
        if isinstance(self.mean, tuple):
            return np.array(self.mean, np.float32)[:, None, None]
        if any(want > have for want, have in zip(shape[1:], self.mean.shape[1:], strict=True)):
            mean = self._sized(self.mean.shape[1:])
            raise DataError(f"the mean image, {mean}, is smaller than {self._sized(shape[1:])}; give resize or crop")
        return np.moveaxis(_middle(np.moveaxis(self.mean, 0, -1), shape[1:]), -1, 0)

    def _sized(self, shape: tuple[int, ...]) -> str:
        return f"an image of {shape[0]} x {shape[1]} (height x width)"

    def _sides(self, option: str, value: Any) -> Pair:
        height, width = pair(value, f"Preprocessing: {option}", 1)
        if max(height, width) > LARGEST_SIDE:
            raise self.refuse(f"{option}={value} is larger than {LARGEST_SIDE} pixels")
        return height, width

    # as a value -----------------------------------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """A dictionary of plain values; a mean image as its shape and its float32 numbers in base64."""
        return {
            "colour": self.colour,
            "resize": self.resize if isinstance(self.resize, int | None) else list(self.resize),
            "crop": None if self.crop is None else list(self.crop),
            "mean": list(self.mean) if isinstance(self.mean, tuple) else _packed(self.mean),
            "scale": self.scale,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """The record that `as_json` made a dictionary of; anything else is an `OptionError`."""
        options = dict(record)
        mean = options.get("mean")
        if isinstance(mean, Mapping):
            options["mean"] = _unpacked(cls, mean)
        elif isinstance(mean, str):
            raise DataError("Preprocessing: the mean of a stored record is numbers, not a path")
        return cls(**options)

    @property
    def _identity(self) -> tuple[Any, ...]:
        mean: Mean | tuple[Any, ...] = self.mean
        if not isinstance(mean, tuple):
            mean = (mean.shape, mean.tobytes())
        return self.colour, self.resize, self.crop, mean, self.scale

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Preprocessing) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


def _middle(image: HostArray, size: tuple[int, ...]) -> HostArray:
    """(height, width, ...) -> the middle of that size; with one row or column more cut off at the end if need be."""
    top, left = ((have - want) // 2 for have, want in zip(image.shape, size, strict=False))
    return image[top : top + size[0], left : left + size[1]]


def _packed(mean: HostArray) -> dict[str, Any]:
    return {"shape": list(mean.shape), "float32": base64.b64encode(mean.astype("<f4").tobytes()).decode("ascii")}


def _unpacked(cls: type[Spec], packed: Mapping[str, Any]) -> HostArray:
    try:
        numbers = np.frombuffer(base64.b64decode(packed["float32"], validate=True), "<f4")
        return numbers.reshape([int(side) for side in packed["shape"]])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise DataError(f"{cls.__name__}: the mean image of a stored record is damaged: {error}") from error
