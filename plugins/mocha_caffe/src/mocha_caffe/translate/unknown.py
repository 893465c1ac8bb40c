"""Layers of types that nobody knows: all named together, with what to do, before anything runs."""

from __future__ import annotations

import difflib
import itertools
import keyword
import math
from collections.abc import Iterable
from typing import Any

from mocha_core.errors import OptionError

from ..formats import Message, write_text
from ..formats.upgrade.names import V1_TYPES
from .by_class import WIRING, own_fields
from .registry import PYTHON, entry_for, known, python_names

LONGEST = 8
CAFFE = frozenset(V1_TYPES.values())
"""Types that are certainly no misspelling."""
TEMPLATE = '''
import mocha_caffe
from mocha_core import Grads, Layer, Plan, spec

@mocha_caffe.layer("{type}")
@spec(kw_only=True)
class {name}Layer(Layer):
    """y = f(x). Options are the fields of the layer's ..._param; NumPy-like functions are in xp."""

{options}

    def plan(self, bottoms):
        return Plan(tops=bottoms)

    def forward(self, xp, v):
        return tuple({factor} * x for x in v.xs)

    def backward(self, xp, v):
        return Grads(tuple({factor} * dy for dy in v.dys))
'''
PLAIN = (bool, int, float, str)


class UnknownLayerError(OptionError):
    """A net has layers of types that nothing translates; the text names them all."""


def unknown_layers(layers: Iterable[Message]) -> list[Message]:
    """Those whose type nothing translates."""
    return [layer for layer in layers if entry_for(layer) is None]


def explain(strange: list[Message]) -> str:
    """One line for each, then how to supply one."""
    count = "1 layer" if len(strange) == 1 else f"{len(strange)} layers"
    lines = [f"{count} of unknown types:"]
    lines += [f"  {_line(layer)}" for layer in strange]
    if any(not layer.bottom for layer in strange):
        sizes = 'shapes={"data": (1, 3, 227, 227)}, on the command line --shape data=1x3x227x227'
        lines += [f"To run the net without its data, say what comes in: {sizes}"]
    computing = next((layer for layer in strange if layer.bottom), None)
    if computing is not None:
        lines += ["Write such a layer, and import it before the model is loaded (in a command: --import FILE.py):"]
        lines += [_template(computing, [layer for layer in strange if _kind(layer) == _kind(computing)])]
    return "\n".join(lines)


def _line(layer: Message) -> str:
    place = f"{layer.place}: " if layer.place.source else ""
    near = [] if layer.type in CAFFE else difflib.get_close_matches(str(layer.type), known(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    wiring = f"{', '.join(layer.bottom) or 'nothing'} -> {', '.join(layer.top) or 'nothing'}"
    blobs = f", {len(layer.blobs)} blobs" if layer.blobs else ""
    own = f" {python_names(layer)[0]}" if layer.type == PYTHON else ""
    return f"{place}{layer.type}{own} {layer.name!r} ({wiring}{blobs}{_options(layer)}){hint}"


def _options(layer: Message) -> str:
    """The layer's own fields, shortened."""
    blocks = [unknown.name for unknown in layer.unknown if unknown.text]
    nested = [(name, value) for name, value in layer if name.endswith("_param") and isinstance(value, Message)]
    blocks += [name for name, value in nested if write_text(value)]
    return f"; {', '.join(blocks[:LONGEST])}" if blocks else ""


def _template(layer: Message, alike: Iterable[Message]) -> str:
    """A class to fill in, with the fields of all layers of the type as options."""
    found: dict[str, Any] = {}
    for _, name, value in itertools.chain.from_iterable(map(own_fields, alike)):
        if name.isidentifier() and not keyword.iskeyword(name) and name not in WIRING:
            found.setdefault(name, value)
    options = found or {"alpha": 1.0}
    factor = next((f"self.{name}" for name, value in options.items() if type(value) in (int, float)), "1")
    short = python_names(layer)[1] if layer.type == PYTHON else str(layer.type)
    name = "".join(letter for letter in short if letter.isalnum() or letter == "_").removesuffix("Layer")
    return TEMPLATE.format(
        type=_kind(layer),
        name=name if name.isidentifier() else "My",
        options="\n".join(f"    {_option(*item)}" for item in options.items()),
        factor=factor,
    ).rstrip()


def _kind(layer: Message) -> str:
    """Under which name a class is registered."""
    return python_names(layer)[0] if layer.type == PYTHON else str(layer.type)


def _option(name: str, value: Any) -> str:
    if _is_plain(value):
        return f"{name}: {type(value).__name__} = {value!r}"
    listed = isinstance(value, list) and all(map(_is_plain, value))
    return f"{name}: object = {tuple(value) if listed else None!r}"


def _is_plain(value: Any) -> bool:
    """Whether Python reads it as it prints it."""
    return type(value) in PLAIN and (not isinstance(value, float) or math.isfinite(value))
