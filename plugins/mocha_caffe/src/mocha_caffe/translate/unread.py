"""Fields that nothing reads: those that Caffe has not, but for the blocks of layers from outside."""

from __future__ import annotations

from ..formats import Message, Unknown, Untyped, described, unknown_fields
from .registry import from_outside


def describe_unread(net: Message) -> list[str]:
    """A line for each: its place, its name, and the known one it resembles."""
    return [described(inside, unknown) for inside, unknown in unknown_fields(net) if not _is_read(inside, unknown)]


def _is_read(inside: Message, unknown: Unknown) -> bool:
    """A class refuses what it has no option for; a function is given everything."""
    own_block = inside.message_type.name == "LayerParameter" and isinstance(unknown.value, Untyped)
    return own_block and from_outside(inside)
