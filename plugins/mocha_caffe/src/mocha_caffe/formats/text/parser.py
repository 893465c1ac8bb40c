"""Prototxt into messages, without recursion: any nesting ends in a value or in one error."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from ..convert import kept
from ..message import Message
from ..schema import Field, MessageType, message_type
from ..source import PRICE_OF_A_MESSAGE, Place, TextSource
from ..unknown import Unknown, Untyped
from .scanner import END, Scanner
from .values import read_any, read_value

DEEPEST = 100
MOST_VALUES = 500_000
CLOSES = {"{": "}", "<": ">"}


def parse_text(text: str, kind: str | MessageType = "NetParameter", *, name: str = "<text>") -> Message:
    """The message that a prototxt describes; `name` is what errors call it.

    >>> parse_text("name: 'tiny'  # a net\\nlayer { name: 'relu' type: 'ReLU' }").layer[0].type
    'ReLU'
    """
    return Parser(TextSource(name, text, MOST_VALUES), message_type(kind) if isinstance(kind, str) else kind).run()


class Parser:
    """The blocks open so far, innermost last."""

    def __init__(self, source: TextSource, kind: MessageType) -> None:
        self.scanner = Scanner(source)
        self.message = Message(kind, _place=Place(source, 0))
        self.blocks: list[Block | Several] = [Typed(self.message, END, 0)]

    def run(self) -> Message:
        """Read to the end."""
        while self.blocks:
            self.blocks[-1].step(self)
        return self.message

    def open(self, block: Block | Several) -> None:
        """Go into a block whose first mark is the current token."""
        self.scanner.source.charge(PRICE_OF_A_MESSAGE, self.scanner.offset)
        if len(self.blocks) >= DEEPEST:
            raise self.scanner.source.fail(self.scanner.offset, f"nested deeper than {DEEPEST} levels")
        self.scanner.advance()
        self.blocks.append(block)


class Block(ABC):
    """`{ ... }`: fields until its closing mark."""

    def __init__(self, close: str, offset: int, finish: Callable[[int], None] | None = None) -> None:
        self.close, self.offset, self.finish = close, offset, finish

    def step(self, parser: Parser) -> None:
        """Read one field, or leave the block."""
        scanner = parser.scanner
        if scanner.kind == "word":
            self.field(parser)
        elif scanner.text == self.close or (scanner.kind == END == self.close):
            self.leave(parser)
        elif self.close == END:
            raise scanner.expected("the name of a field")
        else:
            line, _ = scanner.source.position(self.offset)
            raise scanner.expected(f"the name of a field, or {self.close!r} for the block of line {line}")

    def leave(self, parser: Parser) -> None:
        """The block is complete."""
        parser.blocks.pop()
        parser.scanner.advance()
        if self.finish:
            self.finish(parser.scanner.previous_end)
        separator(parser.scanner)

    def field(self, parser: Parser) -> None:
        """A name, and what it holds."""
        scanner = parser.scanner
        name, offset = scanner.text, scanner.offset
        scanner.source.charge(1, offset)
        scanner.advance()
        colon = scanner.accept(":")
        if scanner.at_mark("{<"):
            parser.open(self.block(scanner, name, offset))
        elif scanner.at_mark("["):
            parser.open(Several(self, name, offset))
        elif colon:
            self.value(scanner, name, offset)
            separator(scanner)
        else:
            raise scanner.expected(f"':' or '{{' after {name!r}")

    @abstractmethod
    def block(self, scanner: Scanner, name: str, offset: int) -> Block:
        """The block that begins at the current token."""

    @abstractmethod
    def value(self, scanner: Scanner, name: str, offset: int) -> None:
        """Read one value and keep it."""


class Several:
    """`[ ... ]`: values or blocks of one field, with commas between."""

    def __init__(self, owner: Block, name: str, offset: int) -> None:
        self.owner, self.name, self.offset = owner, name, offset

    def step(self, parser: Parser) -> None:
        """Read one element, or leave the list."""
        scanner = parser.scanner
        if scanner.at_mark("]"):
            parser.blocks.pop()
            scanner.advance()
            separator(scanner)
            return
        scanner.source.charge(1, scanner.offset)
        if scanner.at_mark("{<"):
            parser.open(self.owner.block(scanner, self.name, self.offset))
        else:
            self.owner.value(scanner, self.name, self.offset)
            if not scanner.accept(",") and not scanner.at_mark("]"):
                raise scanner.expected("',' or ']'")


class Typed(Block):
    """A block of a message that the schema knows."""

    def __init__(self, message: Message, close: str, offset: int, finish: Callable[[int], None] | None = None) -> None:
        super().__init__(close, offset, finish)
        self.message = message
        self.seen: dict[str, int] = {}
        self.arrays: dict[str, list[float]] = {}

    def block(self, scanner: Scanner, name: str, offset: int) -> Block:
        field = self.message.message_type.fields.get(name)
        close, start = CLOSES[scanner.text], scanner.offset
        if field is None:
            untyped = Untyped()
            return Loose(untyped, close, start, lambda end: self._unknown(scanner, name, untyped, start, end, offset))
        if field.kind != "message":
            raise scanner.expected(f"':' and a value after {name!r}, which is no block")
        self._once(scanner, field, offset)
        made = Message(field.type_name, _place=Place(scanner.source, offset))
        self._keep(field, made)
        return Typed(made, close, start)

    def value(self, scanner: Scanner, name: str, offset: int) -> None:
        field, start = self.message.message_type.fields.get(name), scanner.offset
        if field is None:
            value = read_any(scanner)
            self._unknown(scanner, name, value, start, scanner.previous_end, offset)
            return
        self._once(scanner, field, offset)
        self._keep(field, read_value(scanner, field))

    def leave(self, parser: Parser) -> None:
        for name, values in self.arrays.items():
            setattr(self.message, name, values)
        super().leave(parser)

    def _once(self, scanner: Scanner, field: Field, offset: int) -> None:
        if field.repeated:
            return
        if field.name in self.seen:
            line, _ = scanner.source.position(self.seen[field.name])
            raise scanner.source.fail(offset, f"{field.name!r} is here a second time; the first is in line {line}")
        self.seen[field.name] = offset

    def _keep(self, field: Field, value: Any) -> None:
        values = self.message._values
        if field.label == "array":
            self.arrays.setdefault(field.name, []).append(value)
        elif field.repeated:
            values.setdefault(field.name, []).append(value)
        else:
            values[field.name] = kept(field, value) if field.kind == "bytes" else value

    def _unknown(self, scanner: Scanner, name: str, value: Any, start: int, end: int, offset: int) -> None:
        text = scanner.source.text[start:end]
        self.message._unknown.append(Unknown(name, value, text, Place(scanner.source, offset)))


class Loose(Block):
    """A block of an unknown field: anything goes."""

    def __init__(self, untyped: Untyped, close: str, offset: int, finish: Callable[[int], None] | None = None) -> None:
        super().__init__(close, offset, finish)
        self.untyped = untyped

    def block(self, scanner: Scanner, name: str, offset: int) -> Block:
        made = Untyped()
        self.untyped.values.setdefault(name, []).append(made)
        return Loose(made, CLOSES[scanner.text], scanner.offset)

    def value(self, scanner: Scanner, name: str, offset: int) -> None:
        self.untyped.values.setdefault(name, []).append(read_any(scanner))


def separator(scanner: Scanner) -> None:
    """Go past the one `,` or `;` that may follow a field."""
    if scanner.at_mark(",;"):
        scanner.advance()
