"""The pages of an LMDB, as LMDB 0.9 of 64-bit programs writes them (data version 1, little-endian).

A page begins with its number (8 bytes), 2 unused bytes, flags, and where its free space begins and ends (2 bytes each).
Branches and leaves then have a list of 2-byte offsets to their nodes; a node is the size of its value in two halves,
flags and the size of its key (2 bytes each), key and value. In a branch the first three numbers are those of the page
below. A large value lies on pages of its own, from byte 16 of the first one on.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from ...formats import CaffeFileError

HEADER = struct.Struct("<QHHHH")
NODE = struct.Struct("<HHHH")
META = struct.Struct("<IIQQ IHHQQQQQ IHHQQQQQ QQ")
MAGIC, VERSION = 0xBEEFC0DE, 1
BRANCH, LEAF, OVERFLOW, SUBPAGES = 1, 2, 4, 0x20
BIG, DUPLICATES = 1, 6
DEEPEST = 32
NOTHING = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Meta:
    """What the newest of the two first pages says of the whole file. flags: how keys are compared."""

    page_size: int
    flags: int
    depth: int
    entries: int
    root: int
    last_page: int
    turn: int


class Pages:
    """An LMDB's file, mapped. Every number in it is checked before it is used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            size = path.stat().st_size
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self.view = memoryview(mapped)
        self.meta = self._newest()
        self._check()

    def nodes(self, number: int, kind: int) -> tuple[int, ...]:
        """Where in the file the nodes of a branch or leaf begin."""
        start = self._start(number)
        stored, _, flags, lower, _ = HEADER.unpack_from(self.view, start)
        if stored != number or flags & (BRANCH | LEAF | OVERFLOW | SUBPAGES) != kind:
            raise self.fault(f"page {number} is not what the pages above say it is")
        count = (lower - HEADER.size) // 2
        if not 0 <= count <= (self.meta.page_size - HEADER.size) // 2:
            raise self.fault(f"page {number} says it has {count} nodes")
        offsets = struct.unpack_from(f"<{count}H", self.view, start + HEADER.size)
        if max(offsets, default=0) > self.meta.page_size - NODE.size:
            raise self.fault(f"page {number} has a node past its end")
        return tuple(start + offset for offset in offsets)

    def child(self, node: int) -> int:
        """The page below a node of a branch."""
        low, middle, high, _ = self._node(node)
        return low | middle << 16 | high << 32

    def key_and_value(self, node: int) -> tuple[bytes, memoryview]:
        """What a node of a leaf holds; the value is a view of the file."""
        low, high, flags, key_size = self._node(node)
        size, start = low | high << 16, node + NODE.size + key_size
        page_end = (node // self.meta.page_size + 1) * self.meta.page_size
        key = bytes(self.view[node + NODE.size : start])
        if flags & DUPLICATES:
            raise self.fault(f"key {shown(key)} has several values, or is a database itself; Caffe writes one each")
        if start + (8 if flags & BIG else size) > page_end:
            raise self.fault(f"key {shown(key)}: the value goes on past its page")
        return key, self._large(key, start, size) if flags & BIG else self.view[start : start + size]

    def fault(self, reason: str) -> CaffeFileError:
        """The error to raise: the file is damaged."""
        return CaffeFileError(f"{self.path}: {reason}; the database is damaged, get it again")

    def _large(self, key: bytes, at: int, size: int) -> memoryview:
        (number,) = struct.unpack_from("<Q", self.view, at)
        start = self._start(number)
        stored, _, flags, *_ = HEADER.unpack_from(self.view, start)
        begin = start + HEADER.size
        if stored != number or flags != OVERFLOW or begin + size > len(self.view):
            raise self.fault(f"key {shown(key)}: page {number} does not hold its value of {size} bytes")
        return self.view[begin : begin + size]

    def _node(self, node: int) -> tuple[int, int, int, int]:
        found: tuple[int, int, int, int] = NODE.unpack_from(self.view, node)
        if node + NODE.size + found[3] > (node // self.meta.page_size + 1) * self.meta.page_size:
            raise self.fault(f"byte {node}: a key that goes on past its page")
        return found

    def _start(self, number: int) -> int:
        if not 2 <= number <= self.meta.last_page:
            raise self.fault(f"it points to page {number} of {self.meta.last_page + 1}")
        return number * self.meta.page_size

    def _newest(self) -> Meta:
        first = self._meta(0)
        if first is None:
            self._refuse_strange()
            raise self.fault("the first page is no LMDB's")
        second = self._meta(first.page_size)
        return second if second is not None and second.turn > first.turn else first

    def _meta(self, start: int) -> Meta | None:
        if start + HEADER.size + META.size > len(self.view):
            return None
        numbers = META.unpack_from(self.view, start + HEADER.size)
        magic, version, _, _, page_size = numbers[:5]
        if magic != MAGIC or version != VERSION or not 256 <= page_size <= 65536 or page_size & (page_size - 1):
            return None
        flags, depth, _, _, _, entries, root, last_page, turn = numbers[13:]
        return Meta(page_size, flags, depth, entries, root, last_page, turn)

    def _refuse_strange(self) -> None:
        """Say so where the file is sound, but another kind of LMDB."""
        head = bytes(self.view[:24])
        if head[12:16] == MAGIC.to_bytes(4, "little"):
            raise CaffeFileError(f"{self.path} was written by a 32-bit program; copy it with mdb_dump and mdb_load")
        if head[16:20] == MAGIC.to_bytes(4, "big"):
            raise CaffeFileError(f"{self.path} was written on a big-endian machine; copy it with mdb_dump and mdb_load")

    def _check(self) -> None:
        meta, size = self.meta, len(self.view)
        if (meta.last_page + 1) * meta.page_size > size:
            needed = (meta.last_page + 1) * meta.page_size
            raise CaffeFileError(f"{self.path} is truncated: {size} bytes of {needed}; get it again")
        if meta.flags:
            raise CaffeFileError(f"{self.path} has its keys in an unusual order (flags {meta.flags}); Caffe never does")
        if not meta.entries or meta.root == NOTHING:
            raise CaffeFileError(f"{self.path} is empty: it has no records")
        if meta.depth > DEEPEST or meta.entries > size // NODE.size:
            raise self.fault(f"it says it has {meta.entries} records, {meta.depth} pages deep")


def shown(key: bytes) -> str:
    """A key as people write it."""
    return repr(key.decode("utf-8", "backslashreplace"))
