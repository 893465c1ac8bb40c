"""Bytes into the fields of one message; nested messages stay bytes until they are asked for."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from ..message import Message
from ..schema import Field, MessageType
from ..schema.declarations import LENGTH
from ..source import PRICE_OF_A_MESSAGE, Place, WireSource
from ..text.strings import as_text
from ..unknown import Unknown
from .cursor import Element, read_element
from .scalars import Array, block, packed, run, scalar

Range: TypeAlias = tuple[int, int]

TYPE_NUMBER = 2
"""Of the field of LayerParameter that says which layer it is."""
PRICE_OF_A_RUN = 8


class Pieces:
    """A message still in bytes: one range, or several that are merged."""

    __slots__ = ("ranges", "source")

    def __init__(self, source: WireSource, ranges: list[Range]) -> None:
        self.source, self.ranges = source, ranges

    def decode(self, kind: MessageType) -> tuple[dict[str, Any], list[Unknown]]:
        """The fields, and those that the schema does not know."""
        decoder = Decoder(self.source, kind, self._layer_type(kind))
        for start, stop in self.ranges:
            decoder.read(start, stop)
        return decoder.finished(), decoder.unknown

    def _layer_type(self, kind: MessageType) -> str:
        """The type of a layer, which decides what the numbers of forks mean."""
        found = ""
        if kind.name == "LayerParameter":
            for start, stop in self.ranges:
                while start < stop:
                    element = read_element(self.source, start, stop)
                    if element.number == TYPE_NUMBER and element.wire_type == LENGTH:
                        found = as_text(bytes(self.source.view[element.start : element.stop]))
                    start = element.stop
        return found


class Decoder:
    """The fields of one message as they come."""

    def __init__(self, source: WireSource, kind: MessageType, layer_type: str) -> None:
        self.source, self.kind, self.layer_type = source, kind, layer_type
        self.values: dict[str, Any] = {}
        self.unknown: list[Unknown] = []
        self.arrays: dict[str, list[Array]] = {}
        self.nested: dict[str, list[Range]] = {}

    def read(self, start: int, stop: int) -> None:
        """Read the elements of a range."""
        while start < stop:
            self.source.charge(1, start)
            element = read_element(self.source, start, stop)
            field = self.kind.find(element.number, element.wire_type, self.layer_type)
            if field is None:
                self._keep_unknown(element)
                start = element.stop
            elif field.is_array:
                start = self._take_array(field, element, stop)
            else:
                self._take(field, element)
                start = element.stop

    def finished(self) -> dict[str, Any]:
        """All values; pieces of one array or one message are joined."""
        for name, arrays in self.arrays.items():
            self.values[name] = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
        for name, ranges in self.nested.items():
            self.values[name] = self._message(self.kind.fields[name], ranges)
        return self.values

    def _take(self, field: Field, element: Element) -> None:
        if field.kind == "message":
            self._take_message(field, (element.start, element.stop))
        elif field.repeated:
            listed = self.values.setdefault(field.name, [])
            if element.wire_type == LENGTH and field.kind != "string":
                listed.extend(packed(field, self.source, element))
            else:
                listed.append(scalar(field, self.source, element))
        else:
            self.values[field.name] = scalar(field, self.source, element)

    def _take_message(self, field: Field, range_: Range) -> None:
        if field.repeated:
            self.values.setdefault(field.name, []).append(self._message(field, [range_]))
        else:
            self.nested.setdefault(field.name, []).append(range_)

    def _take_array(self, field: Field, element: Element, stop: int) -> int:
        if field.kind == "bytes":
            self.values[field.name] = block(field, self.source, element)
            return element.stop
        chunks = self.arrays.setdefault(field.name, [])
        if element.wire_type == LENGTH:
            chunks.append(block(field, self.source, element))
            return element.stop
        self.source.charge(PRICE_OF_A_RUN, element.key)
        values, end = run(field, self.source, element, stop)
        chunks.append(values)
        return end

    def _message(self, field: Field, ranges: list[Range]) -> Message:
        self.source.charge(PRICE_OF_A_MESSAGE, ranges[0][0])
        place = Place(self.source, ranges[0][0])
        return Message(field.type_name, _place=place, _pending=Pieces(self.source, ranges))

    def _keep_unknown(self, element: Element) -> None:
        self.source.charge(PRICE_OF_A_MESSAGE, element.key)
        raw = self.source.view[element.key : element.stop]
        self.unknown.append(Unknown(str(element.number), raw, place=Place(self.source, element.key)))
