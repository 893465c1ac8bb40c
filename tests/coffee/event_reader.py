"""A reader of TensorBoard's event files that shares nothing with the writer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def crc32c(data: bytes) -> int:
    """By polynomial division, bit by bit."""
    remainder = 0xFFFFFFFF
    for bit in (byte >> k & 1 for byte in data for k in range(8)):
        remainder = (remainder >> 1) ^ (0x82F63B78 if (remainder ^ bit) & 1 else 0)
    return ~remainder & 0xFFFFFFFF


def unmasked(masked: int) -> int:
    turned = (masked - 0xA282EAD8) % 2**32
    return (turned << 15 | turned >> 17) % 2**32


def frames(content: bytes) -> list[bytes]:
    """The records of a file, every checksum verified and nothing left over."""
    found = []
    while content:
        length = int.from_bytes(content[:8], "little")
        assert unmasked(int.from_bytes(content[8:12], "little")) == crc32c(content[:8])
        data, foot = content[12 : 12 + length], content[12 + length : 16 + length]
        assert unmasked(int.from_bytes(foot, "little")) == crc32c(data)
        found.append(data)
        content = content[16 + length :]
    return found


def message(data: bytes) -> dict[int, list[Any]]:
    """The fields of a protocol-buffer message: number -> values; bytes are left as they are."""
    fields: dict[int, list[Any]] = {}
    rest = list(data)

    def varint() -> int:
        digits = []
        while True:
            byte = rest.pop(0)
            digits.append(byte % 128)
            if byte < 128:
                return sum(digit * 128**place for place, digit in enumerate(digits))

    def take(count: int) -> bytes:
        taken = bytes(rest[:count])
        assert len(taken) == count
        del rest[:count]
        return taken

    while rest:
        number, wire = divmod(varint(), 8)
        value: Any
        if wire == 0:
            value = varint()
        elif wire == 1:
            value = float(np.frombuffer(take(8), "<f8")[0])
        elif wire == 5:
            value = float(np.frombuffer(take(4), "<f4")[0])
        else:
            assert wire == 2
            value = take(varint())
        fields.setdefault(number, []).append(value)
    return fields


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """Tag -> step -> value over all event files of a folder; a step that comes twice is an error."""
    found: dict[str, dict[int, float]] = {}
    for path in sorted(folder.glob("*tfevents*")):
        first, *events = map(message, frames(path.read_bytes()))
        assert first[3] == [b"brain.Event:2"]
        for event in events:
            (step,) = event[2]
            for summary in event.get(5, []):
                for value in map(message, message(summary)[1]):
                    records = found.setdefault(value[1][0].decode(), {})
                    assert step not in records
                    records[step] = value[2][0]
    return found
