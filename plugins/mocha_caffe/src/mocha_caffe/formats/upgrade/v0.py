"""From `layers { layer { } }` to `layers { }`: each field goes to the message of its layer type."""

from __future__ import annotations

from typing import Any

from ..errors import UpgradeError
from ..message import Message
from .names import V0_TYPES
from .padding import without_padding

ANY = ""
SAME = ("name", "blobs", "blobs_lr", "weight_decay")
CONV, POOL, INNER = "convolution_param", "pooling_param", "inner_product_param"
DATA, HDF5, IMAGES, WINDOW = "data_param", "hdf5_data_param", "image_data_param", "window_data_param"
MOVES: dict[str, dict[str, tuple[str, ...]]] = {
    "num_output": {"conv": (CONV, "num_output"), "innerproduct": (INNER, "num_output")},
    "biasterm": {"conv": (CONV, "bias_term"), "innerproduct": (INNER, "bias_term")},
    "weight_filler": {"conv": (CONV, "weight_filler"), "innerproduct": (INNER, "weight_filler")},
    "bias_filler": {"conv": (CONV, "bias_filler"), "innerproduct": (INNER, "bias_filler")},
    "pad": {"conv": (CONV, "pad"), "pool": (POOL, "pad")},
    "kernelsize": {"conv": (CONV, "kernel_size"), "pool": (POOL, "kernel_size")},
    "stride": {"conv": (CONV, "stride"), "pool": (POOL, "stride")},
    "group": {"conv": (CONV, "group")},
    "pool": {"pool": (POOL, "pool")},
    "dropout_ratio": {"dropout": ("dropout_param", "dropout_ratio")},
    "local_size": {"lrn": ("lrn_param", "local_size")},
    "alpha": {"lrn": ("lrn_param", "alpha")},
    "beta": {"lrn": ("lrn_param", "beta")},
    "k": {"lrn": ("lrn_param", "k")},
    "source": {
        "data": (DATA, "source"),
        "hdf5_data": (HDF5, "source"),
        "images": (IMAGES, "source"),
        "window_data": (WINDOW, "source"),
        "infogain_loss": ("infogain_loss_param", "source"),
    },
    "batchsize": {
        "data": (DATA, "batch_size"),
        "hdf5_data": (HDF5, "batch_size"),
        "images": (IMAGES, "batch_size"),
        "window_data": (WINDOW, "batch_size"),
    },
    "scale": {ANY: ("transform_param", "scale")},
    "meanfile": {ANY: ("transform_param", "mean_file")},
    "cropsize": {ANY: ("transform_param", "crop_size")},
    "mirror": {ANY: ("transform_param", "mirror")},
    "rand_skip": {"data": (DATA, "rand_skip"), "images": (IMAGES, "rand_skip")},
    "shuffle_images": {"images": (IMAGES, "shuffle")},
    "new_height": {"images": (IMAGES, "new_height")},
    "new_width": {"images": (IMAGES, "new_width")},
    "concat_dim": {"concat": ("concat_param", "concat_dim")},
    "det_fg_threshold": {"window_data": (WINDOW, "fg_threshold")},
    "det_bg_threshold": {"window_data": (WINDOW, "bg_threshold")},
    "det_fg_fraction": {"window_data": (WINDOW, "fg_fraction")},
    "det_context_pad": {"window_data": (WINDOW, "context_pad")},
    "det_crop_mode": {"window_data": (WINDOW, "crop_mode")},
    "hdf5_output_param": {"hdf5_output": ("hdf5_output_param",)},
}
"""Where a field goes, by the layer's type."""


def is_v0(net: Message) -> bool:
    """Whether a layer has the inner message of the oldest format."""
    return any("layer" in outer for outer in net.layers)


def upgrade_v0(net: Message, notes: list[str]) -> Message:
    """The same net in the V1 format; a field that does not fit its layer's type is left out, and noted."""
    upgraded = net.copy()
    upgraded.layers = [_layer(outer, notes) for outer in without_padding(net)]
    return upgraded


def _layer(outer: Message, notes: list[str]) -> Message:
    layer = Message("V1LayerParameter", _place=outer.place, bottom=outer.bottom, top=outer.top)
    inner = outer.layer
    if "type" in inner:
        layer.type = _type(inner)
    for name, value in inner:
        if name in SAME:
            setattr(layer, name, value)
        elif name != "type":
            _move(layer, inner, name, value, notes)
    notes.extend(f"layer {inner.name!r}: {unknown} is unknown and left out" for unknown in inner.unknown)
    return layer


def _type(inner: Message) -> str:
    if inner.type not in V0_TYPES:
        raise UpgradeError(f"{inner.place}: {inner.type!r} is no layer type of Caffe's oldest format")
    return V0_TYPES[inner.type]


def _move(layer: Message, inner: Message, name: str, value: Any, notes: list[str]) -> None:
    places = MOVES.get(name, {})
    path = places.get(ANY) or places.get(inner.type)
    if path is None:
        notes.append(f"layer {inner.name!r} of type {inner.type!r} has no {name}; it is left out")
        return
    *above, last = path
    target = layer.make(above[0]) if above else layer
    setattr(target, last, [value] if target.message_type.fields[last].repeated else value)
