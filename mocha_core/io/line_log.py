"""Text files that grow by a line at a time, and can be cut back to an earlier iteration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import OptionError
from ..log import logger


class LineLog:
    """A file open for appending; each line is handed over to the system at once, so that a kill leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)

    def add(self, line: str) -> None:
        """Append a line."""
        self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        """Give up the file."""
        self._file.close()


def check_log(path: Path, beginning: bytes, written_by: str) -> None:
    """Make the folder; refuse a file that does not begin as this kind of log does, for it would be overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        head = _head(path, len(beginning))
    except OSError as error:
        raise OptionError(f"{written_by} cannot write {path}: {error.strerror}; name another file") from error
    if head != beginning[: len(head)]:
        raise OptionError(f"{path} was not written by {written_by}, so it is not touched; name another file")


def cut_lines(path: Path, first: int, iteration_of: Callable[[bytes], int]) -> int:
    """Keep the lines of iterations before `first`: what comes after, and a line half-written, is of a killed training.

    `iteration_of` gives a whole line's iteration, for one that is always kept a number below 0, and raises `ValueError`
    for a damaged one, which ends what is kept. With `first` 0 the file starts anew. Returns the iteration behind the
    last that is kept: lines that should be there and are not are to be written again.
    """
    if not path.exists():
        return 0
    keep, last = _good_part(path, first, iteration_of) if first > 0 else (0, -1)
    surplus = path.stat().st_size - keep
    if surplus and first > 0:
        logger.info("%s: removed what a killed training wrote from iteration %d on", path, first)
    elif surplus:
        logger.warning("Overwriting %s", path)
    with path.open("rb+") as file:
        file.truncate(keep)
    return last + 1


def _good_part(path: Path, first: int, iteration_of: Callable[[bytes], int]) -> tuple[int, int]:
    """How many bytes, and the last iteration in them."""
    length, last = 0, -1
    with path.open("rb") as file:
        for line in file:
            try:
                iteration = iteration_of(line) if line.endswith(b"\n") else first
            except ValueError:
                break
            if iteration >= first:
                break
            length, last = length + len(line), iteration
    return length, last


def _head(path: Path, size: int) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        return file.read(size)
