"""What of a layer has no number, so that binary files keep it as text, in a field that Caffe passes over."""

from __future__ import annotations

from typing import Any

from .message import Message
from .schema import Field
from .text import parse_text, write_text


def numbered(layer: Message) -> Message:
    """The layer as a binary file can hold it: what has no number there is the prototxt in its field `prototxt`.

    >>> from mocha_caffe.formats import Message
    >>> layer = Message("LayerParameter", name="relu6", type="ReLU6")
    >>> _ = layer.make("relu6_param", threshold=2)
    >>> print(numbered(layer).prototxt, end="")
    relu6_param {
      threshold: 2
    }
    >>> whole(numbered(layer)) == layer
    True
    """
    kept, rest = _split(layer, str(layer.type))
    if _holds(rest):
        kept.prototxt = write_text(rest)
    return kept


def whole(layer: Message) -> Message:
    """The inverse: the layer with what its field `prototxt` says."""
    if "prototxt" not in layer:
        return layer
    found = _joined(layer, parse_text(str(layer.prototxt), "LayerParameter", name=str(layer.place) or "<text>"))
    found.prototxt = None
    return found


def _split(message: Message, layer_type: str) -> tuple[Message, Message]:
    """What has numbers, and what has none."""
    kept, rest = message.copy(), Message(message.message_type)
    kept.unknown[:] = [unknown for unknown in message.unknown if not unknown.text]
    rest.unknown.extend(unknown for unknown in message.unknown if unknown.text)
    for name, value in message:
        mine, others = _of_field(message.message_type.fields[name], value, layer_type)
        setattr(kept, name, mine)
        setattr(rest, name, others)
    return kept, rest


def _of_field(field: Field, value: Any, layer_type: str) -> tuple[Any, Any]:
    """The same of one field's value; a list stays together."""
    if field.number == 0 or field.layer_type not in ("", layer_type) or not _has_number(field, value):
        return None, value
    if field.kind != "message":
        return value, None
    pairs = [_split(each, layer_type) for each in (value if field.repeated else [value])]
    if not any(_holds(rest) for _, rest in pairs):
        return value, None
    return (None, value) if field.repeated else pairs[0]


def _has_number(field: Field, value: Any) -> bool:
    """Whether an enum knows it."""
    values = value if field.repeated else [value]
    return field.enum is None or all(isinstance(each, int) or each in field.enum.numbers for each in values)


def _holds(message: Message) -> bool:
    return bool(dict(message) or message.unknown)


def _joined(message: Message, more: Message) -> Message:
    found = message.copy()
    for name, value in more:
        field = message.message_type.fields[name]
        both = field.kind == "message" and not field.repeated and name in message
        setattr(found, name, _joined(getattr(message, name), value) if both else value)
    found.unknown.extend(more.unknown)
    return found
