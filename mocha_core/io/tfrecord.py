"""TFRecord files: records framed by their length and by checksums, as TensorFlow's `record_writer.cc` writes them.

A record is: length (8 bytes), masked CRC-32C of those bytes (4), data, masked CRC-32C of the data (4); little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

POLYNOMIAL = 0x82F63B78
"""Castagnoli's, bits reversed (RFC 3720, B.4)."""

HEAD, FOOT = 12, 4


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
    return byte


TABLE = tuple(_entry(byte) for byte in range(256))


def crc32c(data: bytes) -> int:
    """The cyclic redundancy check of iSCSI.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def framed(data: bytes) -> bytes:
    """One record."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Offset behind each record, and its data, up to the first that is damaged or incomplete."""
    left, end = path.stat().st_size, 0
    with path.open("rb") as file:
        while len(head := file.read(HEAD)) == HEAD and _masked(head[:8]) == head[8:]:
            length = int(struct.unpack("<Q", head[:8])[0])
            left -= HEAD + length + FOOT
            if left < 0:
                return
            data, foot = file.read(length), file.read(FOOT)
            if _masked(data) != foot:
                return
            end += HEAD + length + FOOT
            yield end, data


def _masked(data: bytes) -> bytes:
    """A checksum that may itself be checksummed."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
