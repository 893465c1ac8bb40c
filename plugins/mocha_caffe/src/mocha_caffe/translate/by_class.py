"""Options for a user's class of layers, from whatever the prototxt says."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from mocha_core.layer import Layer

from ..formats import Message, Untyped
from .given import CaffeLayer
from .param_str import options_in

WIRING = frozenset(field.name for field in dataclasses.fields(Layer))


def options_of(kind: type[Layer], layer: CaffeLayer) -> dict[str, Any]:
    """The fields of the layer's blocks that are options of the class; a list for one that is there more than once.

    Of a Python layer also what its `param_str` holds, where that is a dictionary.
    """
    wanted = {field.name for field in dataclasses.fields(kind)} - WIRING
    return {name: value for name, value in _fields(layer.message) if name in wanted}


def _fields(message: Message) -> Iterator[tuple[str, Any]]:
    for name, block in message:
        if name.endswith("_param") and isinstance(block, Message):
            yield from _known(block)
        if name == "python_param":
            yield from options_in(str(block.param_str)).items()
    for unknown in message.unknown:
        if isinstance(unknown.value, Untyped):
            yield from ((name, getattr(unknown.value, name)) for name in unknown.value.values)
        elif unknown.text:
            yield unknown.name, unknown.value


def _known(block: Message) -> Iterator[tuple[str, Any]]:
    yield from block
    for unknown in block.unknown:
        if unknown.text:
            yield unknown.name, unknown.value
