"""Layers of types that nobody knows: all named together, with what to do, before anything runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from mocha_core.errors import OptionError

from ..formats import Message, write_text
from ..formats.upgrade.names import V1_TYPES
from .registry import entry, known

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

    alpha: float = 1.0

    def plan(self, bottoms):
        return Plan(tops=bottoms)

    def forward(self, xp, v):
        return tuple(self.alpha * x for x in v.xs)

    def backward(self, xp, v):
        return Grads(tuple(self.alpha * dy for dy in v.dys))
'''


class UnknownLayerError(OptionError):
    """A net has layers of types that nothing translates; the text names them all."""


def unknown_layers(layers: Iterable[Message]) -> list[Message]:
    """Those whose type nothing translates."""
    return [layer for layer in layers if entry(layer.type) is None]


def explain(strange: list[Message]) -> str:
    """One line for each, then how to supply one."""
    count = "1 layer" if len(strange) == 1 else f"{len(strange)} layers"
    lines = [f"{count} of unknown types:"]
    lines += [f"  {_line(layer)}" for layer in strange]
    if all(layer.bottom for layer in strange):
        lines += ["Write such a layer, and import it before the model is loaded:", _template(strange[0].type)]
    else:
        lines += ['To run the net without its data, say what comes in: shapes={"data": (1, 3, 227, 227)}']
    return "\n".join(lines)


def _line(layer: Message) -> str:
    place = f"{layer.place}: " if layer.place.source else ""
    near = [] if layer.type in CAFFE else difflib.get_close_matches(str(layer.type), known(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    wiring = f"{', '.join(layer.bottom) or 'nothing'} -> {', '.join(layer.top) or 'nothing'}"
    blobs = f", {len(layer.blobs)} blobs" if layer.blobs else ""
    return f"{place}{layer.type} {layer.name!r} ({wiring}{blobs}{_options(layer)}){hint}"


def _options(layer: Message) -> str:
    """The layer's own fields, shortened."""
    blocks = [unknown.name for unknown in layer.unknown if unknown.text]
    nested = [(name, value) for name, value in layer if name.endswith("_param") and isinstance(value, Message)]
    blocks += [name for name, value in nested if write_text(value)]
    return f"; {', '.join(blocks[:LONGEST])}" if blocks else ""


def _template(type_name: str) -> str:
    name = "".join(letter for letter in str(type_name) if letter.isalnum() or letter == "_")
    return TEMPLATE.format(type=type_name, name=name if name.isidentifier() else "My").rstrip()
