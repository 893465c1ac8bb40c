"""What a message was read from, so that every later error can name the place."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass

from .errors import CaffeFileError, TextError, WireError

PRICE_OF_A_MESSAGE = 4
"""In values: what a nested message, or an unknown field, costs in memory and time."""
LINE_END = re.compile(r"[\r\n]")
SHOWN = 100
"""Characters of a source line that an error shows."""


class Source(ABC):
    """A file or string being read, and how many values may still be read from it."""

    error: type[CaffeFileError]

    def __init__(self, name: str, budget: int) -> None:
        self.name = name
        self._budget = self._left = budget

    @abstractmethod
    def describe(self, offset: int) -> str:
        """The place, for people."""

    def charge(self, values: int, offset: int) -> None:
        """Count values read; too many are refused, so that a small file cannot fill the memory."""
        self._left -= values
        if self._left < 0:
            raise self.fail(offset, f"more than {self._budget} values; no Caffe file has so many")

    def fail(self, offset: int, reason: str) -> CaffeFileError:
        """The error to raise: something is wrong at `offset`."""
        return self.error(f"{self.describe(offset)}: {reason}")


class TextSource(Source):
    """A prototxt."""

    error = TextError

    def __init__(self, name: str, text: str, budget: int) -> None:
        super().__init__(name, budget)
        self.text = text

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        ends = {mark: self.text.count(mark, 0, offset) for mark in ("\n", "\r", "\r\n")}
        start = 1 + max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset))
        return 1 + ends["\n"] + ends["\r"] - ends["\r\n"], offset - start + 1

    def describe(self, offset: int) -> str:
        line, column = self.position(offset)
        return f"{self.name}:{line}:{column}"

    def fail(self, offset: int, reason: str) -> CaffeFileError:
        return self.error(f"{self.describe(offset)}: {reason}{self._pointer(offset)}")

    def _pointer(self, offset: int) -> str:
        """The source line, and a mark under the place."""
        column = self.position(offset)[1] - 1
        start = offset - column
        end = found.start() if (found := LINE_END.search(self.text, offset)) else len(self.text)
        cut = max(0, column - SHOWN // 2)
        line = self.text[start + cut : min(end, start + cut + SHOWN)]
        shown = line.replace("\t", " ").encode("utf-8", "replace").decode()
        return f"\n    {shown}\n    {' ' * (column - cut)}^"


class WireSource(Source):
    """A binary file, mapped or in memory."""

    error = WireError

    def __init__(self, name: str, view: memoryview, budget: int) -> None:
        super().__init__(name, budget)
        self.view = view

    def describe(self, offset: int) -> str:
        return f"{self.name}, byte {offset}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; printed, it says so. Empty for what was made by a program."""

    source: Source | None = None
    offset: int = 0

    def __str__(self) -> str:
        return self.source.describe(self.offset) if self.source else ""


NOWHERE = Place()
