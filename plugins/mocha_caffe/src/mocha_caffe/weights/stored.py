"""Blobs in files, by layer: .caffemodel of any age, and .caffemodel.h5."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

from mocha_core.blob import BlobSpec, Shape
from mocha_core.errors import ShapeError
from mocha_core.io.safe_hdf5 import opened, read

from ..formats import CaffeFileError, Kind, Message, blob_array, blob_shape, fitted, read_net, sniff
from ..translate.translated import Array


class Stored(Protocol):
    """One blob in a file."""

    @property
    def shape(self) -> Shape: ...
    def read(self, shape: Shape, loose: bool = False) -> Array:
        """The numbers in the shape that the layer wants; `loose`: axes of length 1 may come and go."""


ByLayer: TypeAlias = Mapping[str, Sequence[Stored]]
"""The blobs of each layer that has some, by the layer's name."""


@dataclass(frozen=True, slots=True)
class WireBlob:
    """In a .caffemodel."""

    message: Message

    @property
    def shape(self) -> Shape:
        return blob_shape(self.message)

    def read(self, shape: Shape, loose: bool = False) -> Array:
        if loose and _long(self.shape) == _long(shape):
            return blob_array(self.message).reshape(shape)
        return fitted(self.message, shape)


@dataclass(frozen=True, slots=True)
class HDF5Blob:
    """In a .caffemodel.h5."""

    dataset: Any

    @property
    def shape(self) -> Shape:
        return tuple(self.dataset.shape)

    def read(self, shape: Shape, loose: bool = False) -> Array:
        if self.shape != shape and not (loose and _long(self.shape) == _long(shape)):
            raise ShapeError(f"{self.dataset.name} is {BlobSpec(self.shape)}, but the layer wants {BlobSpec(shape)}")
        return np.asarray(read(self.dataset, self.shape)).reshape(shape)


@contextlib.contextmanager
def open_weights(path: str | os.PathLike[str]) -> Iterator[ByLayer]:
    """The blobs in a file, none of them read yet; valid inside the block."""
    if sniff(path) is Kind.HDF5:
        with opened(path) as (_, datasets):
            yield _of_hdf5(path, datasets)
    else:
        yield of_net(read_net(path).net)


def of_net(net: Message) -> ByLayer:
    """The blobs of a net; of two layers with one name those of the first."""
    found: dict[str, Sequence[Stored]] = {}
    for layer in net.layer:
        if layer.blobs:
            found.setdefault(str(layer.name), [WireBlob(blob) for blob in layer.blobs])
    return found


def is_caffe_hdf5(path: str | os.PathLike[str]) -> bool:
    """Whether an HDF5 file has Caffe's form: data/<layer>/<number>."""
    with opened(path) as (_, datasets):
        return any(_split(name) is not None for name in datasets)


def _of_hdf5(path: str | os.PathLike[str], datasets: Mapping[str, Any]) -> ByLayer:
    numbered: dict[str, dict[int, Stored]] = {}
    for name, dataset in datasets.items():
        if found := _split(name):
            numbered.setdefault(found[0], {})[found[1]] = HDF5Blob(dataset)
    for layer, blobs in numbered.items():
        if sorted(blobs) != list(range(len(blobs))):
            raise CaffeFileError(f"{os.fspath(path)}: layer {layer!r} has the blobs {sorted(blobs)}, not all from 0 on")
    return {layer: [blobs[index] for index in range(len(blobs))] for layer, blobs in numbered.items()}


def _split(name: str) -> tuple[str, int] | None:
    """Layer and number, of `data/conv1/0`; layers may have slashes."""
    head, _, rest = name.partition("/")
    layer, _, number = rest.rpartition("/")
    return (layer, int(number)) if head == "data" and layer and number.isdecimal() else None


def _long(shape: Shape) -> Shape:
    return tuple(side for side in shape if side != 1)
