"""Any message that the schema allows, and damaged files."""

from __future__ import annotations

import os
import struct
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mocha_caffe.formats import Message
from mocha_caffe.formats.convert import RANGES
from mocha_caffe.formats.schema import Field, message_type

CASES = int(os.environ.get("MOCHA_FUZZ", "5000"))
"""Damaged files tried in each test of a reader; `make fuzz` asks for many more."""

TURNS = range(max(1, CASES // 20_000))
"""Hypothesis remembers the cases of one turn; several turns keep its memory small."""

fuzzing = settings(
    max_examples=CASES // len(TURNS),
    deadline=None,
    database=None,
    derandomize="MOCHA_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
checking = settings(fuzzing, max_examples=200)

float32 = st.floats(width=32)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    **{kind: st.integers(low, high) for kind, (low, high) in RANGES.items()},
    "bool": st.booleans(),
    "float": float32,
    "double": st.floats(),
    "string": st.text(max_size=8),
    "bytes": st.binary(max_size=8),
}


def messages(kind: str, depth: int = 3, numbers_only: bool = True) -> st.SearchStrategy[Message]:
    """Messages of a type, with up to six of its fields. numbers_only: of those that each binary file can hold."""
    fields = [
        field
        for field in message_type(kind).fields.values()
        if (depth > 0 or field.kind != "message") and not (numbers_only and (field.number == 0 or field.layer_type))
    ]
    if not fields:
        return st.builds(Message, st.just(kind))
    chosen = st.lists(st.sampled_from(fields), max_size=6, unique_by=lambda field: field.name)
    return chosen.flatmap(
        lambda some: st.fixed_dictionaries({field.name: values(field, depth, numbers_only) for field in some})
    ).map(lambda found: Message(kind, **found))


def values(field: Field, depth: int, numbers_only: bool = True) -> st.SearchStrategy[Any]:
    """Values of a field."""
    if field.kind == "message":
        single = messages(field.type_name, depth - 1, numbers_only)
    elif field.enum is not None:
        single = st.sampled_from(list(field.enum.numbers))
    else:
        single = SCALARS[field.kind]
    return st.lists(single, max_size=4) if field.repeated else single


Edit = tuple[int, int, bytes]

HOSTILE_BYTES = [
    b"\x00", b"\x80", b"\xff" * 9, b"\xff" * 10, b"\x7f", b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x0b", b"\x0c", b"\x0e", b"\x0f", struct.pack("<f", float("nan")), b"\xa2\x06", b"\x12\x00", b"\x3a\x02",
]  # fmt: skip
HOSTILE_TEXT = [
    b"{", b"}", b"<", b">", b"[", b"]", b":", b",", b";", b"-", b'"', b"'", b"\\", b"#", b"\n", b"$X", b"0x", b"08",
    b"1e999", b"layer", b"type", b"inf", b"nan", b"\x00", b"\xff", b"\xef\xbb\xbf", b"0x7fffffffffffffffff", b"9" * 500,
    b"true",    b"{" * 120, b"[" * 120, b"layers {", b"name:", b"param {", b"..", b"//", b"\xf0\x9f\x92\xa9",
    b"\\x", b"\\777", b"\\ud800",
]  # fmt: skip


def damaged(seeds: list[bytes], hostile: list[bytes]) -> st.SearchStrategy[bytes]:
    """A good file after some edits: a piece is replaced, taken out, doubled, or the rest is cut off."""
    insert = st.one_of(st.sampled_from(hostile), st.binary(max_size=6))
    edit = st.tuples(st.integers(0, 2**16 - 1), st.integers(0, 40), insert)
    return st.builds(_edited, st.sampled_from(seeds), st.lists(edit, min_size=1, max_size=5), st.integers(0, 12))


def _edited(seed: bytes, edits: list[Edit], cut: int) -> bytes:
    data = bytearray(seed)
    for place, length, insert in edits:
        at = place * len(data) >> 16
        data[at : at + length] = insert if length != 40 else data[at : at + 80] * 2
    return bytes(data[: len(data) * cut // 8] if cut < 8 else data)
