"""Inputs written as fields of the net become a layer of type Input."""

from __future__ import annotations

from ..errors import UpgradeError
from ..message import Message

AXES = 4


def upgrade_inputs(net: Message, notes: list[str]) -> Message:
    """The net with a first layer "input"; inputs without shapes, as in old weight files, are dropped."""
    upgraded = net.copy()
    shapes = _shapes(net, notes)
    if shapes:
        layer = Message("LayerParameter", _place=net.place, name="input", type="Input", top=net.input)
        layer.make("input_param").shape = shapes
        upgraded.layer = [layer, *net.layer]
    for name in ("input", "input_shape", "input_dim"):
        setattr(upgraded, name, None)
    return upgraded


def _shapes(net: Message, notes: list[str]) -> list[Message]:
    """One shape for each input, if there are any."""
    count = len(net.input)
    if net.input_shape:
        found = list(net.input_shape)
    elif net.input_dim:
        dims = net.input_dim
        found = [Message("BlobShape", dim=dims[at : at + AXES]) for at in range(0, len(dims) - AXES + 1, AXES)]
    else:
        return []
    if len(found) < count:
        raise UpgradeError(
            f"{net.place}: {count} inputs ({', '.join(net.input)}) but {len(found)} shapes; "
            f"each needs an input_shape, or four input_dim"
        )
    if len(found) > count:
        notes.append(f"{len(found)} input shapes for {count} inputs; the last ones are left out")
    return found[:count]
