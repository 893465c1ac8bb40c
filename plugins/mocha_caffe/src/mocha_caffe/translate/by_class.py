"""Options for a user's class of layers, from whatever the prototxt says."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any

from mocha_core.errors import OptionError, suggest
from mocha_core.layer import Layer

from ..formats import Message, Untyped
from .given import CaffeLayer
from .param_str import options_in

WIRING = frozenset(field.name for field in dataclasses.fields(Layer))
LOSS_WEIGHT, PARAM_STR = "loss_weight", "param_str"


def options_of(kind: type[Layer], layer: CaffeLayer) -> dict[str, Any]:
    """The fields of the layer's blocks that are options of the class; a list for one that is there more than once.

    Of a Python layer also what its `param_str` holds, where that is a dictionary; of a loss its `loss_weight`. What is
    there for this class alone, and is no option of it, is an `OptionError`.
    """
    wanted = {field.name for field in dataclasses.fields(kind)} - WIRING
    for block, name, _ in own_fields(layer.message):
        if name not in wanted and not (block == PARAM_STR and PARAM_STR in wanted):
            raise _no_option(kind, layer, f"{name!r}, which {block} gives", suggest(name, wanted))
    found = {name: value for name, value in _fields(layer.message) if name in wanted}
    return found | _loss_weight(kind, layer, wanted)


def own_fields(message: Message) -> Iterator[tuple[str, str, Any]]:
    """What only a layer from outside can read, as block, name and value: blocks that Caffe has not, and param_str."""
    if "python_param" in message:
        text = str(message.python_param.param_str)
        yield from ((PARAM_STR, name, value) for name, value in options_in(text).items())
    for unknown in message.unknown:
        if isinstance(unknown.value, Untyped):
            yield from ((unknown.name, name, unknown.value.get(name)) for name in unknown.value.values)


def _fields(message: Message) -> Iterator[tuple[str, Any]]:
    for name, block in message:
        if name.endswith("_param") and isinstance(block, Message):
            yield from block
            yield from ((unknown.name, unknown.value) for unknown in block.unknown if unknown.text)
    for unknown in message.unknown:
        if unknown.text and not isinstance(unknown.value, Untyped):
            yield unknown.name, unknown.value
    yield from ((name, value) for _, name, value in own_fields(message))


def _loss_weight(kind: type[Layer], layer: CaffeLayer, wanted: Collection[str]) -> dict[str, Any]:
    given = layer.message.loss_weight if kind.traits.loss else ()
    if given and LOSS_WEIGHT not in wanted and given[0] != 1:
        raise _no_option(kind, layer, f"{LOSS_WEIGHT!r}, a float that its gradients have in them, and not its value")
    return {LOSS_WEIGHT: given[0]} if given and LOSS_WEIGHT in wanted else {}


def _no_option(kind: type[Layer], layer: CaffeLayer, which: str, hint: str = "") -> OptionError:
    return layer.refuse(f"{kind.__name__} has no option {which}; add it to the class, or take it out of the file{hint}")
