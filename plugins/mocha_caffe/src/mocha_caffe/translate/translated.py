"""What a translator gives back: Mocha's layers, and where Caffe's blobs go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mocha_core.blob import Shape
from mocha_core.layer import Layer

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where one blob of a Caffe layer is kept: the parameter `param` of the layer number `of`.

    shape: of the blob in Caffe, if it is not the parameter's.   swapped: the blob's two axes are exchanged.
    loose: axes of length 1 may come and go.
    """

    param: str
    shape: Shape | None = None
    swapped: bool = False
    loose: bool = False
    of: int = 0


def as_they_are(blobs: Sequence[Array]) -> Sequence[Array]:
    """Most blobs are what the layer keeps."""
    return blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """The Mocha layers that stand for one of Caffe's, in running order.

    slots: for each of Caffe's blobs, in their order; None: they are the parameters of the first layer that has some.
    unpack: makes of all blobs, once each has the shape of its slot, the values of the parameters.
    pack: the inverse, to save them for Caffe; needed where `unpack` is given.
    """

    layers: Sequence[Layer] = ()
    slots: Sequence[Slot] | None = None
    unpack: Callable[[Sequence[Array]], Sequence[Array]] = as_they_are
    pack: Callable[[Sequence[Array]], Sequence[Array]] | None = None


def translated(result: Layer | Sequence[Layer] | Translated) -> Translated:
    """What a translator returned, in full."""
    if isinstance(result, Translated):
        return result
    return Translated(layers=(result,) if isinstance(result, Layer) else tuple(result))


def in_slot(array: Array, swapped: bool, shape: Shape) -> Array:
    """Values of a blob in the parameter's own shape."""
    return np.ascontiguousarray(array.T if swapped else array).reshape(shape)


def as_blob(values: Array, swapped: bool, shape: Shape) -> Array:
    """Values of a parameter in the blob's shape: the inverse of `in_slot`."""
    turned = values.reshape(shape[::-1]).T if swapped else values
    return np.ascontiguousarray(turned).reshape(shape)
