"""The records of an LMDB by their number, in the order of their keys."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from .pages import BRANCH, LEAF, Pages
from .places import find_database


class Reader:
    """An open LMDB, without a lock. Reading in order costs little; the leaves that were passed are remembered.

    Others may add to the database meanwhile; what is read is what it held when it was opened, until their second
    change from then on.

    source: the folder, or the file in it.
    """

    def __init__(self, source: str | Path) -> None:
        self.source = source
        self._pages = Pages(find_database(source))
        self._walk = self._leaves(self._pages.meta.root, self._pages.meta.depth)
        self._firsts: list[int] = []
        self._leaf_pages: list[int] = []
        self._known = 0
        self._open: tuple[int, tuple[int, ...]] = (-1, ())

    def __len__(self) -> int:
        return self._pages.meta.entries

    def record(self, number: int) -> tuple[bytes, memoryview]:
        """Key and value of record `number`, 0 <= number < len; the value is a view of the file."""
        while number >= self._known:
            self._pass_leaf(number)
        leaf = bisect_right(self._firsts, number) - 1
        if leaf != self._open[0]:
            self._open = leaf, self._pages.nodes(self._leaf_pages[leaf], LEAF)
        return self._pages.key_and_value(self._open[1][number - self._firsts[leaf]])

    def __iter__(self) -> Iterator[tuple[bytes, memoryview]]:
        return (self.record(number) for number in range(len(self)))

    def _pass_leaf(self, number: int) -> None:
        page = next(self._walk, -1)
        if page < 0:
            raise self._pages.fault(f"it says it has {len(self)} records, and record {number} is not there")
        count = len(self._pages.nodes(page, LEAF))
        if count:
            self._firsts.append(self._known)
            self._leaf_pages.append(page)
            self._known += count

    def _leaves(self, root: int, depth: int) -> Iterator[int]:
        """The numbers of the pages with records, from left to right. In a sound tree one comes to each page once."""
        waiting, left = [(root, depth)], self._pages.meta.last_page + 1
        while waiting:
            page, height = waiting.pop()
            left -= 1
            if left < 0:
                raise self._pages.fault("several of its pages point to the same one")
            if height <= 1:
                yield page
            else:
                below = [self._pages.child(node) for node in self._pages.nodes(page, BRANCH)]
                waiting.extend((child, height - 1) for child in reversed(below))
