"""A message in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Protocol

import numpy as np

from mocha_core.errors import OptionError, suggest

from .convert import kept, one
from .schema import Field, MessageType, message_type
from .source import NOWHERE, Place
from .unknown import Unknown


class Pending(Protocol):
    """Bytes that are read when a field of the message is first asked for."""

    def decode(self, kind: MessageType) -> tuple[dict[str, Any], list[Unknown]]: ...


class Message:
    """A message of Caffe's: a net, a layer, a blob. Its fields are attributes; absent ones read as their defaults.

    `name in message` says whether a field is present, iteration gives the present ones, `message.make("param")` adds a
    nested message, and setting a field to None takes it away. Enums are kept as names, floats rounded to single
    precision as Caffe keeps them, floats of blobs and bytes as NumPy arrays.

    >>> layer = Message("LayerParameter", name="conv1", type="Convolution")
    >>> layer.make("convolution_param", num_output=20, kernel_size=[5])
    num_output: 20
    kernel_size: 5
    >>> layer.convolution_param.bias_term, "phase" in layer
    (True, False)
    """

    __slots__ = ("_frozen", "_pending", "_unknown", "_values", "message_type", "place")

    message_type: MessageType
    place: Place
    """Where it was read."""

    def __init__(
        self, kind: str | MessageType, /, *, _place: Place = NOWHERE, _pending: Pending | None = None, **values: Any
    ) -> None:
        put = object.__setattr__
        put(self, "message_type", message_type(kind) if isinstance(kind, str) else kind)
        put(self, "place", _place)
        put(self, "_pending", _pending)
        put(self, "_values", {})
        put(self, "_unknown", [])
        put(self, "_frozen", False)
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def unknown(self) -> list[Unknown]:
        """The fields that the schema does not know."""
        self._present()
        unknown: list[Unknown] = self._unknown
        return unknown

    def make(self, name: str, /, **values: Any) -> Message:
        """The nested message `name`, made if it is absent; of a repeated one, a new last one."""
        field = self._field(name)
        if field.kind != "message":
            raise OptionError(f"{name} of {self.message_type.name} is no message; set it instead")
        present = self._writable()
        if not field.repeated and name in present:
            made: Message = present[name]
        else:
            made = Message(field.type_name)
            if field.repeated:
                present.setdefault(name, []).append(made)
            else:
                present[name] = made
        for key, value in values.items():
            setattr(made, key, value)
        return made

    def append(self, name: str, value: Any, /) -> None:
        """Add one value to a repeated field."""
        field = self._field(name)
        if not field.repeated or field.is_array:
            raise OptionError(f"{name} of {self.message_type.name} is no list; set it instead")
        self._writable().setdefault(name, []).append(one(field, value))

    def copy(self) -> Message:
        """Another message with the same contents; nested messages and arrays are shared."""
        same = Message(self.message_type, _place=self.place)
        same._values.update({name: list(v) if isinstance(v, list) else v for name, v in self._present().items()})
        same._unknown.extend(self._unknown)
        return same

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in Message.__slots__:
            raise AttributeError(name)
        field = self.message_type.fields.get(name)
        if field is None:
            raise AttributeError(self._no_field(name))
        value = self._present().get(name)
        return _default(field) if value is None else value

    def __setattr__(self, name: str, value: Any) -> None:
        field = self._field(name)
        present = self._writable()
        if value is None:
            present.pop(name, None)
        else:
            present[name] = kept(field, value)

    def __contains__(self, name: str) -> bool:
        """Whether a field is present; a list or array, whether it holds anything."""
        value = self._present().get(self._field(name).name)
        return value is not None and (not self._field(name).repeated or len(value) > 0)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Names and values of the present fields, by field number."""
        present = self._present()
        return ((name, present[name]) for name in self.message_type.fields if name in self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        if self.message_type is not other.message_type or self.unknown != other.unknown:
            return False
        mine, theirs = dict(self), dict(other)
        return mine.keys() == theirs.keys() and all(_same(value, theirs[name]) for name, value in mine.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        from .text.writer import write_text

        return write_text(self, longest_array=8).rstrip("\n")

    def _present(self) -> dict[str, Any]:
        if self._pending is not None:
            values, unknown = self._pending.decode(self.message_type)
            for slot, value in (("_values", values), ("_unknown", unknown), ("_pending", None)):
                object.__setattr__(self, slot, value)
        present: dict[str, Any] = self._values
        return present

    def _writable(self) -> dict[str, Any]:
        if self._frozen:
            name = self.message_type.name
            raise OptionError(f"this {name} is only the default of an absent field; make() one in the message above it")
        return self._present()

    def _field(self, name: str) -> Field:
        field = self.message_type.fields.get(name)
        if field is None:
            raise OptionError(self._no_field(name))
        return field

    def _no_field(self, name: str) -> str:
        return f"{self.message_type.name} has no field {name!r}{suggest(name, self.message_type.fields)}"


def _default(field: Field) -> Any:
    if field.is_array:
        return kept(field, [])
    if field.repeated:
        return ()
    return _empty(field.type_name) if field.kind == "message" else field.default


@cache
def _empty(type_name: str) -> Message:
    """What an absent message reads as; it cannot be changed."""
    message = Message(type_name)
    object.__setattr__(message, "_frozen", True)
    return message


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) or (one != one and other != other)
