"""All message types, made from the tables when the first one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mocha_core.errors import OptionError, suggest

from .declarations import EnumType, MessageType
from .notation import Declared, declared, make_field


def message_type(name: str) -> MessageType:
    """The message type of that name.

    >>> message_type("ConvolutionParameter").fields["num_output"].number
    1
    """
    found = message_types().get(name)
    if found is None:
        raise OptionError(f"Caffe has no message {name!r}{suggest(name, message_types())}")
    return found


@cache
def message_types() -> Mapping[str, MessageType]:
    """All of them by name."""
    from .tables import TABLES

    messages, enums = declared(TABLES)
    return {name: _message(declaration, enums, messages) for name, declaration in messages.items()}


def _message(declaration: Declared, shared: dict[str, EnumType], names: Mapping[str, object]) -> MessageType:
    enums = {**shared, **declaration.enums}
    fields = [make_field(line, enums, names) for line in declaration.lines]
    fields.sort(key=lambda field: (field.number == 0, field.number))
    return MessageType(declaration.name, {field.name: field for field in fields})
