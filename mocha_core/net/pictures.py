"""Images given to a prediction as they are, and turned into what the net reads batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..blob import Shape
from ..data.images import Images, images_of, is_images
from ..errors import OptionError
from ..preprocessing import Preprocessing

if TYPE_CHECKING:
    from .net import Net

HostArray = np.ndarray[Any, Any]
IMAGE_AXES = 4


@dataclass(frozen=True, slots=True)
class Pictures:
    """Images, and the record that says how they are prepared."""

    record: Preprocessing
    images: Images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, part: slice) -> Pictures:
        return Pictures(self.record, self.images[part])

    def prepared(self) -> HostArray:
        """What the net reads, float32 (num, channels, height, width)."""
        return self.record.apply(self.images)


Given: TypeAlias = "Pictures | HostArray"


def given(net: Net, name: str, value: Any) -> Given:
    """What was given for a blob: images where the net has a record for them, else numbers.

    The record is for the first blob of the net. Without one, an array of bytes that is shaped as the net reads it is
    numbers like others; all other images are refused.
    """
    if not is_images(value):
        return np.asarray(value)
    record = net.notes.preprocessing
    if record is not None and name == first_blob(net):
        return Pictures(record, images_of(value))
    reads = net._graph.values[name, 0].spec.shape
    array = _as_array(value)
    if array is not None and (len(reads) != IMAGE_AXES or _fits(array.shape, reads)):
        return array
    raise OptionError(_advice(net, name, array, reads))


def first_blob(net: Net) -> str | None:
    """The blob that an array given to a prediction is for."""
    sources = (layer for layer in net.given if layer.traits.source and layer.in_phase(net.phase) is not None)
    return next((str(layer.tops[0]) for layer in sources), None)


def _as_array(value: Any) -> HostArray | None:
    """An array, or several of one shape, as one; None for anything else."""
    if isinstance(value, np.ndarray):
        return value
    arrays = isinstance(value, (list, tuple)) and all(isinstance(each, np.ndarray) for each in value)
    return np.stack(value) if arrays and len({each.shape for each in value}) == 1 else None


def _fits(shape: Shape, reads: Shape) -> bool:
    """Whether the channels are where the net has them."""
    return len(shape) == len(reads) and shape[1] == reads[1]


def _advice(net: Net, name: str, array: HostArray | None, reads: Shape) -> str:
    what = f"bytes (uint8) of shape {array.shape}" if array is not None else "images"
    height, width = reads[-2:] if len(reads) == IMAGE_AXES else (227, 227)
    if name != first_blob(net):
        return f"predict was given {what} for blob {name!r}; only {first_blob(net)!r} takes images, {name!r} numbers"
    shape = ", ".join(["num", *map(str, reads[1:])])
    return (
        f"predict was given {what}, and net {net.name!r} has no record of how its images are prepared: give one, "
        f'mocha.load(..., preprocessing=Preprocessing(colour="BGR", resize=({height}, {width}), mean=(104, 117, 123)))'
        f", or later net.notes = ModelNotes(preprocessing=...); or give predict finished numbers of shape ({shape})"
    )
