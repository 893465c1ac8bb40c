"""Single values of a prototxt."""

from __future__ import annotations

import re
from typing import Any

from ..convert import in_range, kept, one, wanted
from ..errors import CaffeFileError
from ..schema import Field
from ..schema.declarations import FLOATS, INTEGERS
from .scanner import Scanner
from .strings import as_text, unquoted

TRUE, FALSE = {"true", "True", "t", "1"}, {"false", "False", "f", "0"}
SPECIAL = {"inf": "inf", "infinity": "inf", "nan": "nan"}
OCTAL = re.compile(r"0[0-7]+$")
LEADING_ZERO = re.compile(r"0[0-9]")
LONGEST_NUMBER = 400


def read_value(scanner: Scanner, field: Field) -> Any:
    """The value of a known field, as it is kept; leaves the scanner behind it."""
    if field.kind in ("string", "bytes"):
        return _string(scanner, field)
    if field.kind == "enum":
        return one(field, _enum(scanner, field))
    if field.kind == "bool":
        return _bool(scanner)
    if field.kind in INTEGERS:
        return _integer(scanner, field.kind, wanted(field))
    if field.kind in FLOATS:
        return one(field, _float(scanner))
    raise scanner.expected(f"'{{' after {field.name!r}, which is a {field.type_name}")


def read_any(scanner: Scanner) -> Any:
    """A value of an unknown field, of the type that it looks like: str, bool, int or float."""
    if scanner.kind == "string":
        return as_text(_joined(scanner))
    if scanner.kind == "word" and scanner.text.lower() not in SPECIAL:
        word = scanner.text
        scanner.advance()
        return word in TRUE if word in {"true", "True", "false", "False"} else word
    negative = scanner.accept("-")
    if scanner.kind == "number" and not _has_fraction(scanner.text):
        number: float = _whole(scanner)
    elif scanner.kind == "number" or scanner.text.lower() in SPECIAL:
        number = _float(scanner)
    else:
        raise scanner.expected("a value")
    return -number if negative else number


def _string(scanner: Scanner, field: Field) -> Any:
    if scanner.kind != "string":
        hint = ' ("layer" names its type so; CONVOLUTION without quotes belongs to "layers")'
        raise scanner.expected(f"a string in quotes for {field.name!r}{hint if field.name == 'type' else ''}")
    raw = _joined(scanner)
    return kept(field, raw) if field.kind == "bytes" else as_text(raw)


def _joined(scanner: Scanner) -> bytes:
    """Strings side by side are one string."""
    parts = []
    while scanner.kind == "string":
        parts.append(unquoted(scanner.source, scanner.offset, scanner.text))
        scanner.advance()
    return b"".join(parts)


def _enum(scanner: Scanner, field: Field) -> str | int:
    if scanner.kind == "word":
        name = scanner.text
        scanner.advance()
        return name
    if scanner.kind == "number" or scanner.at_mark("-"):
        return _integer(scanner, "int32", wanted(field))
    hint = ' without quotes; "layers" names its type so, "layer" in quotes' if field.name == "type" else ""
    raise scanner.expected(f"{wanted(field)}{hint}")


def _bool(scanner: Scanner) -> bool:
    if scanner.kind not in ("word", "number") or scanner.text not in TRUE | FALSE:
        raise scanner.expected("true or false")
    value = scanner.text in TRUE
    scanner.advance()
    return value


def _integer(scanner: Scanner, kind: str, what: str) -> int:
    start = scanner.offset
    negative = scanner.accept("-")
    if scanner.kind != "number" or _has_fraction(scanner.text):
        raise scanner.expected(what)
    number = -_whole(scanner) if negative else _whole(scanner)
    if not in_range(kind, number):
        raise scanner.source.fail(start, f"expected {what}, found {number if abs(number) < 10**30 else 'a larger one'}")
    return number


def _whole(scanner: Scanner) -> int:
    text = scanner.text
    if len(text) > LONGEST_NUMBER:
        raise _too_long(scanner)
    if LEADING_ZERO.match(text) and not OCTAL.match(text):
        raise scanner.source.fail(scanner.offset, f"{text} begins with 0 and is no octal number; leave the 0 out")
    scanner.advance()
    return int(text, 8) if OCTAL.match(text) else int(text, 0)


def _float(scanner: Scanner) -> float:
    negative = scanner.accept("-")
    text = scanner.text.lower()
    if scanner.kind == "word" and text in SPECIAL:
        text = SPECIAL[text]
    elif scanner.kind != "number":
        raise scanner.expected("a number")
    elif len(text) > LONGEST_NUMBER:
        raise _too_long(scanner)
    elif text.startswith("0x") or OCTAL.match(text):
        raise scanner.source.fail(scanner.offset, f"expected a decimal number, found {scanner.text}")
    else:
        text = text.rstrip("f")
    scanner.advance()
    return -float(text) if negative else float(text)


def _has_fraction(number: str) -> bool:
    """Whether a number is spelled as one with a point, an exponent or the suffix f."""
    return not number.lower().startswith("0x") and any(mark in number for mark in ".eEfF")


def _too_long(scanner: Scanner) -> CaffeFileError:
    return scanner.source.fail(scanner.offset, f"a number of {len(scanner.text)} digits is no number of a net")
