"""Files that are there whole or not at all, whatever kills the program."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write to the path given to the block; when it ends without an error, that file takes the place of `path`.

    The data reach the disk before the name does. Missing folders are made. A program killed in between leaves the old
    file untouched, and a leftover that `sweep` removes.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    try:
        yield unfinished
        _flush(unfinished)
        os.replace(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def sweep(folder: Path, name: str) -> None:
    """Remove what killed writers of files with this name (a glob pattern) left in `folder`."""
    for leftover in folder.glob(f".{name}.????????????.tmp"):
        leftover.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
