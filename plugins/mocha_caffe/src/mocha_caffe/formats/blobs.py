"""Blobs as arrays: every way in which Caffe and NVIDIA's fork have stored their shape and numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mocha_core.errors import ShapeError

from .errors import CaffeFileError
from .message import Message

Array = NDArray[Any]
MOST_AXES = 32
MOST_NUMBERS = 2**48
LEGACY = ("num", "channels", "height", "width")
RAW_TYPES = {"DOUBLE": "<f8", "FLOAT": "<f4", "FLOAT16": "<f2"}


def is_legacy(blob: Message) -> bool:
    """Whether the shape is kept as num, channels, height and width: one of them being there is enough."""
    return any(name in blob for name in LEGACY)


def blob_shape(blob: Message) -> tuple[int, ...]:
    """The shape; four axes for a legacy blob, none for a scalar.

    >>> blob_shape(Message("BlobProto", width=10))
    (0, 0, 0, 10)
    """
    legacy = is_legacy(blob)
    shape = tuple(getattr(blob, name) for name in LEGACY) if legacy else tuple(blob.shape.dim)
    if len(shape) > MOST_AXES:
        raise _fault(blob, f"{len(shape)} axes; Caffe allows {MOST_AXES}")
    if any(side < 0 for side in shape):
        raise _fault(blob, f"shape {_times(shape)}; no side may be negative")
    if math.prod(max(side, 1) for side in shape) > MOST_NUMBERS:
        raise _fault(blob, f"shape {_times(shape)}; no memory holds so many numbers")
    return shape


def blob_array(blob: Message) -> Array:
    """The numbers in their shape, as a view of the file: float32, or float64 or float16 where the file has these."""
    return _shaped(blob, _first_filled(blob, "double_data", "data"), "numbers")


def blob_gradient(blob: Message) -> Array | None:
    """The gradient that `snapshot_diff` stores, in the blob's shape; None if there is none."""
    found = _first_filled(blob, "double_diff", "diff", raw=False)
    return _shaped(blob, found, "gradient") if found is not None else None


def fitted(blob: Message, shape: Sequence[int]) -> Array:
    """The numbers in the shape that a layer wants, by Caffe's rule.

    A legacy shape may have more axes of length 1 in front (an old bias is 1x1x1xN); a current one must be equal.
    """
    array, wanted = blob_array(blob), tuple(shape)
    legacy = (1,) * (4 - len(wanted)) + wanted
    if array.shape != (legacy if is_legacy(blob) else wanted):
        raise ShapeError(f"{_named(blob)}has shape {_times(array.shape)}, but the layer wants {_times(wanted)}")
    return array.reshape(wanted)


def make_blob(array: ArrayLike, *, legacy: bool = False) -> Message:
    """A blob of an array: float64 as doubles, anything else as float32; `legacy` with four sides instead of a shape."""
    values = np.asarray(array)
    blob = Message("BlobProto")
    if legacy:
        if values.ndim > len(LEGACY):
            raise ShapeError(f"a legacy blob has 4 axes at most, not {values.ndim}")
        for name, side in zip(LEGACY, (1,) * (4 - values.ndim) + values.shape, strict=True):
            setattr(blob, name, side)
    else:
        blob.make("shape").dim = values.shape
    if values.dtype == np.float64:
        blob.double_data = values
    else:
        blob.data = values
    return blob


def _first_filled(blob: Message, *names: str, raw: bool = True) -> Array | None:
    """Caffe's rule: doubles go before floats; then what NVIDIA's fork stores as bytes."""
    filled: list[Array] = [getattr(blob, name) for name in names if name in blob]
    if filled:
        return filled[0]
    return _raw(blob) if raw and "raw_data" in blob else None


def _raw(blob: Message) -> Array:
    kind = blob.raw_data_type
    if kind not in RAW_TYPES:
        raise _fault(blob, f"raw data of type {kind}: quantised numbers without their scale; only floats are read")
    data, dtype = blob.raw_data, np.dtype(RAW_TYPES[kind])
    if data.nbytes % dtype.itemsize:
        raise _fault(blob, f"{data.nbytes} bytes of raw data, which is no whole number of {kind}")
    return np.ndarray(data.nbytes // dtype.itemsize, dtype, data)


def _shaped(blob: Message, found: Array | None, what: str) -> Array:
    shape = blob_shape(blob)
    values = found if found is not None else np.empty(0, "<f4")
    if math.prod(shape) != values.size:
        raise _fault(blob, f"shape {_times(shape)} wants {math.prod(shape)} {what}, but {values.size} are stored")
    return values.reshape(shape)


def _times(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "() (a single number)"


def _named(blob: Message) -> str:
    return f"the blob at {blob.place} " if blob.place.source else "the blob "


def _fault(blob: Message, reason: str) -> CaffeFileError:
    return CaffeFileError(f"{_named(blob)}has {reason}")
