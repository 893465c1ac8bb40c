"""Batch normalisation's three blobs are statistics: no solver may touch them."""

from __future__ import annotations

from ..message import Message

BLOBS = 3


def upgrade_batch_norm(net: Message) -> Message:
    """The net with lr_mult and decay_mult 0 wherever a BatchNorm layer has three `param`."""
    upgraded = net.copy()
    upgraded.layer = [_frozen(layer) if _is_old(layer) else layer for layer in net.layer]
    return upgraded


def _is_old(layer: Message) -> bool:
    return bool(layer.type == "BatchNorm" and len(layer.param) == BLOBS)


def _frozen(layer: Message) -> Message:
    changed = layer.copy()
    changed.param = [param.copy() for param in layer.param]
    for param in changed.param:
        param.lr_mult = param.decay_mult = 0.0
    return changed
