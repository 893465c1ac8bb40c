"""From `layers` to `layer`: types as strings, and one `param` for each blob."""

from __future__ import annotations

from ..errors import UpgradeError
from ..message import Message
from ..unknown import Unknown
from .names import V1_TYPES

PER_BLOB = {"param": "name", "blob_share_mode": "share_mode", "blobs_lr": "lr_mult", "weight_decay": "decay_mult"}
"""Lists of a V1 layer, and the field of `param` that each fills."""


def upgrade_v1(net: Message, notes: list[str]) -> Message:
    """The same net in the current format."""
    if net.layer:
        raise UpgradeError(
            f"{net.layers[0].place}: the net has both `layer` and `layers`; write all of them as "
            f'layer {{ type: "Convolution" ... }}'
        )
    upgraded = net.copy()
    upgraded.layer = [_layer(layer, notes) for layer in net.layers]
    upgraded.layers = None
    return upgraded


def _layer(old: Message, notes: list[str]) -> Message:
    layer = Message("LayerParameter", _place=old.place)
    for name, value in old:
        if name == "type":
            layer.type = _type(old, notes)
        elif name not in PER_BLOB and name != "layer":
            setattr(layer, name, value)
    for name, target in PER_BLOB.items():
        for index, value in enumerate(getattr(old, name)):
            while len(layer.param) <= index:
                layer.make("param")
            setattr(layer.param[index], target, value)
    layer.unknown.extend(unknown for unknown in old.unknown if _has_name(unknown, old, notes))
    return layer


def _type(old: Message, notes: list[str]) -> str:
    name = str(old.type)
    if name not in V1_TYPES:
        notes.append(f"layer {old.name!r}: {name} is no layer type of Caffe's; it is kept as it is")
    return V1_TYPES.get(name, name)


def _has_name(unknown: Unknown, old: Message, notes: list[str]) -> bool:
    """Unknown fields keep their meaning if they have names; the numbers of the two formats differ."""
    if not unknown.text:
        notes.append(f"layer {old.name!r}: field {unknown.name} is unknown and left out")
    return bool(unknown.text)
