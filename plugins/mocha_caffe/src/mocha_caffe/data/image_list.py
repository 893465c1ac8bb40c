"""Lists of image files: a path, a space and a label on each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mocha_core.blob import Shape
from mocha_core.errors import DataError, MissingFileError

from .decoding import COLOR, decode
from .paths import image_path
from .picture import Picture, Pictures
from .resizing import resized

LABEL = re.compile(r"[+-]?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Line:
    """One image. name: as the list writes it.   number: of the line, from 1."""

    name: str
    label: int
    number: int


class ListedPictures(Pictures):
    """The images of a list, in its order.

    source: the list; a relative path in it counts from the working directory or, if nothing is there, from its folder.
    root: written in front of each path.   size: (height, width) to bring each image to; None: as it is.
    how: "color" or "gray", or "native".
    """

    def __init__(self, source: str, root: str = "", size: Shape | None = None, how: str = COLOR) -> None:
        self.source, self.root, self.size, self.how = source, root, size, how
        self.lines = read_list(source)

    def __len__(self) -> int:
        return len(self.lines)

    def read(self, number: int) -> Picture:
        line = self.lines[number]
        path = self.path(line)
        place = f"{self.source}, line {line.number}: {path}"
        pixels = decode(path, self.how, place)
        return Picture(pixels if self.size is None else resized(pixels, *self.size), line.label, place)

    @property
    def is_untouched(self) -> bool:
        """Whether images stay as they are in their files."""
        return self.size is None and self.how == COLOR

    def path(self, line: Line) -> Path:
        """The file of a line; `MissingFileError` if there is none."""
        return image_path(self.root, line.name, self.source, f"{self.source}, line {line.number}")


def read_list(source: str) -> Sequence[Line]:
    """The lines of a list; empty ones are passed over. `DataError` with the line's number if one is no path and label.

    The label comes after the last space, so that paths may hold spaces.
    """
    path = Path(source)
    if path.is_dir():
        raise MissingFileError(f"{source} is a folder; name a list, with a path, a space and a label on each line")
    if not path.is_file():
        raise MissingFileError(f"there is no list {source!r}; it has a path, a space and a label on each line")
    state = path.stat()
    return _read(source, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(source: str, changed: int, size: int) -> Sequence[Line]:
    """As long as the file is the same, it is read once."""
    with open(source, encoding="utf-8", errors="surrogateescape") as file:
        lines = [_line(source, text, number) for number, text in enumerate(file, 1) if text.strip()]
    if not lines:
        raise DataError(f"{source} lists no images; write a path, a space and a label on each line")
    return tuple(lines)


def _line(source: str, text: str, number: int) -> Line:
    name, _, label = text.strip().replace("\t", " ").rpartition(" ")
    if not name or not LABEL.fullmatch(label):
        if "\0" in text:
            raise DataError(f"{source} is no text; name a list, with a path, a space and a label on each line")
        shown = text.strip()[:80].encode("utf-8", "replace").decode()
        raise DataError(
            f"{source}, line {number}: {shown!r} is no path, space and label (a whole number, classes counted from 0)"
        )
    return Line(name.rstrip(), int(label), number)
