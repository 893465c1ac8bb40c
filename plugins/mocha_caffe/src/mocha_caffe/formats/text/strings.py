"""Quoted strings: their escapes, both ways. Bytes that are no UTF-8 survive as surrogates."""

from __future__ import annotations

import re

from ..source import TextSource

ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
PRINTED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "'": "\\'", "\\": "\\\\"}


def unquoted(source: TextSource, offset: int, token: str) -> bytes:
    """The bytes that a quoted token stands for."""
    inside = token[1:-1]
    if "\\" not in inside:
        return _encoded(inside)
    parts, done = [], 0
    for found in ESCAPE.finditer(inside):
        parts += [_encoded(inside[done : found.start()]), _escaped(source, offset, found)]
        done = found.end()
    return b"".join([*parts, _encoded(inside[done:])])


def as_text(raw: bytes) -> str:
    """Bytes as a string; what is no UTF-8 becomes surrogates, so that names in any encoding still match."""
    return raw.decode("utf-8", "surrogateescape")


def quoted(value: str | bytes) -> str:
    """A string between quotation marks, as a prototxt has it."""
    if isinstance(value, bytes):
        return '"' + "".join(map(_printed_byte, value)) + '"'
    return '"' + "".join(map(_printed, value)) + '"'


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _escaped(source: TextSource, offset: int, found: re.Match[str]) -> bytes:
    octal, hexadecimal, short, long, simple = found.groups()
    if octal or hexadecimal:
        number = int(octal, 8) if octal else int(hexadecimal, 16)
        if number < 256:
            return bytes([number])
    elif short or long:
        number = int(short or long, 16)
        if number < 0xD800 or 0xE000 <= number < 0x110000:
            return chr(number).encode()
    elif simple in SIMPLE:
        return SIMPLE[simple].encode()
    raise source.fail(offset + 1 + found.start(), f"{found[0]} is no escape; write \\\\ for a backslash")


def _printed(char: str) -> str:
    if char in PRINTED:
        return PRINTED[char]
    if char.isprintable():
        return char
    return "".join(map(_printed_byte, char.encode("utf-8", "surrogateescape")))


def _printed_byte(byte: int) -> str:
    char = chr(byte)
    if char in PRINTED:
        return PRINTED[char]
    return char if 32 <= byte < 127 else f"\\{byte:03o}"
