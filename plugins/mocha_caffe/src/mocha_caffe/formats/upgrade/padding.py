"""The oldest nets pad by a layer of its own; the convolution or pooling behind it takes its padding over."""

from __future__ import annotations

from ..errors import UpgradeError
from ..message import Message

PADDED = ("conv", "pool")


def without_padding(net: Message) -> list[Message]:
    """The layers without those of type "padding"."""
    makers: dict[str, Message | None] = dict.fromkeys(net.input)
    kept: list[Message] = []
    for layer in net.layers:
        merged = layer
        for bottom in layer.bottom:
            if bottom not in makers:
                raise UpgradeError(f"{_named(layer)} reads {bottom!r}, which no layer above it makes")
            maker = makers[bottom]
            if maker is not None and maker.layer.type == "padding":
                merged = _merged(layer, maker)
        if layer.layer.type != "padding":
            kept.append(merged)
        makers.update(dict.fromkeys(layer.top, layer))
    return kept


def _merged(layer: Message, padding: Message) -> Message:
    if layer.layer.type not in PADDED:
        raise UpgradeError(f"{_named(layer)} of type {layer.layer.type!r} reads a padding layer; conv and pool may")
    if (len(layer.bottom), len(padding.bottom), len(padding.top)) != (1, 1, 1):
        raise UpgradeError(f"{_named(layer)} and the padding layer before it must read one blob each")
    merged, inner = layer.copy(), layer.layer.copy()
    inner.pad = padding.layer.pad
    merged.layer, merged.bottom = inner, padding.bottom
    return merged


def _named(layer: Message) -> str:
    return f"{layer.place}: layer {layer.layer.name!r}"
