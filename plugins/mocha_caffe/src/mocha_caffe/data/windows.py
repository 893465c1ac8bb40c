"""Window files of R-CNN: images, and in each of them windows with a class and their overlap with a true object.

For each image the file has `# NUMBER`, its path, channels, height, width and how many windows follow, each on a line
of its own (the path may hold spaces); then the windows: class, overlap, x1, y1, x2, y2, the corners included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mocha_core.errors import DataError, MissingFileError

LABEL, OVERLAP, X1, Y1, X2, Y2 = range(6)
FIELDS = 6
MOST_WINDOWS = 1 << 28


@dataclass(frozen=True, slots=True)
class Windows:
    """images: paths as they are written.   image_of: the image of each window.   values: class, overlap, corners."""

    images: tuple[str, ...]
    image_of: NDArray[np.int32]
    values: NDArray[np.float32]

    def foreground(self, threshold: float) -> NDArray[Any]:
        """The numbers of the windows that overlap an object at least so much."""
        return np.flatnonzero(self.values[:, OVERLAP] >= np.float32(threshold))

    def background(self, foreground: float, threshold: float) -> NDArray[Any]:
        """The numbers of the windows that overlap less, and are no foreground."""
        overlap = self.values[:, OVERLAP]
        return np.flatnonzero((overlap < np.float32(threshold)) & (overlap < np.float32(foreground)))


def read_windows(source: str) -> Windows:
    """The windows in a file; `DataError` with the line where it is none."""
    path = Path(source)
    if not path.is_file():
        raise MissingFileError(f"there is no window file {source!r}")
    state = path.stat()
    return _read(source, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _read(source: str, changed: int, size: int) -> Windows:
    """As long as the file is the same, it is read once."""
    with open(source, encoding="utf-8", errors="surrogateescape") as file:
        images, blocks = [], []
        lines = _Lines(source, ((number, line.strip()) for number, line in enumerate(file, 1) if line.strip()))
        while lines.begins_image():
            images.append(lines.next("the path of an image"))
            for side in ("channels", "height", "width"):
                lines.whole(side)
            blocks.append(lines.windows(lines.whole("the number of windows")))
    if not sum(map(len, blocks)):
        raise DataError(f"{source} has no windows; each image in it begins with a line such as `# 0`")
    image_of = np.repeat(np.arange(len(blocks), dtype=np.int32), [len(block) for block in blocks])
    return Windows(tuple(images), image_of, np.concatenate(blocks))


class _Lines:
    """The lines of a file, one after the other."""

    def __init__(self, source: str, lines: Iterator[tuple[int, str]]) -> None:
        self.source, self._lines, self.number = source, lines, 0

    def begins_image(self) -> bool:
        """Whether another image follows; its first line is read."""
        self.number, text = next(self._lines, (self.number, ""))
        if text and not text.startswith("#"):
            raise self.fault(f"{text[:60]!r} is no line such as `# 0`, with which an image begins")
        return bool(text)

    def next(self, what: str) -> str:
        """The next line."""
        self.number, text = next(self._lines, (self.number, ""))
        if not text:
            raise self.fault(f"the file ends where {what} should follow")
        return text

    def whole(self, what: str) -> int:
        """The whole number on the next line."""
        text = self.next(what)
        if not text.isdecimal() or int(text) > MOST_WINDOWS:
            raise self.fault(f"{text[:60]!r} should be {what}, a whole number")
        return int(text)

    def windows(self, count: int) -> NDArray[np.float32]:
        """So many lines of six numbers."""
        found = []
        for _ in range(count):
            numbers = self.next("a window").split()
            try:
                found.append(np.array(numbers, np.float32).reshape(FIELDS))
            except ValueError:
                raise self.fault("a window is its class, overlap, x1, y1, x2 and y2: six numbers") from None
        return np.array(found, np.float32).reshape(count, FIELDS)

    def fault(self, reason: str) -> DataError:
        """The error to raise."""
        return DataError(f"{self.source}, line {self.number}: {reason}")
