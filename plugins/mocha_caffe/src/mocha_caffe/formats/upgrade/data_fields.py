"""Old data layers hold scale, mean_file, crop_size and mirror themselves; they belong to transform_param."""

from __future__ import annotations

from ..message import Message

PARAMS = {"DATA": "data_param", "IMAGE_DATA": "image_data_param", "WINDOW_DATA": "window_data_param"}
MOVED = ("scale", "mean_file", "crop_size", "mirror")


def upgrade_data_fields(net: Message) -> Message:
    """The V1 net with these fields in transform_param."""
    upgraded = net.copy()
    upgraded.layers = [_layer(layer) for layer in net.layers]
    return upgraded


def _layer(layer: Message) -> Message:
    param = PARAMS.get(layer.type, "")
    moved = [name for name in MOVED if param and name in getattr(layer, param)]
    if not moved:
        return layer
    changed, source, target = layer.copy(), getattr(layer, param).copy(), layer.transform_param.copy()
    for name in moved:
        setattr(target, name, getattr(source, name))
        setattr(source, name, None)
    setattr(changed, param, source)
    changed.transform_param = target
    return changed
