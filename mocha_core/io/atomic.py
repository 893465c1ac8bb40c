"""Files that are there whole or not at all, whatever kills the program."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str], *, overwrite: bool = True) -> Iterator[Path]:
    """Write to the path given to the block; when it ends without an error, that file takes the place of `path`.

    The data reach the disk before the name does. Missing folders are made. A program killed in between leaves the old
    file untouched, and a leftover that `sweep` removes.

    overwrite: False leaves a file that has the name by then alone: a `FileExistsError`, and what was written stays
    where its `filename` says.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    try:
        yield unfinished
        _flush(unfinished)
        if overwrite:
            os.replace(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    if not overwrite:
        _take_free_name(unfinished, target)
    _flush_folder(target.parent)


def sweep(folder: Path, name: str) -> None:
    """Remove what killed writers of files with this name (a glob pattern) left in `folder`."""
    for leftover in folder.glob(f".{name}.????????????.tmp"):
        leftover.unlink(missing_ok=True)


def _take_free_name(unfinished: Path, target: Path) -> None:
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: as good as can be there
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), unfinished, None, target) from None
        os.replace(unfinished, target)
    else:
        unfinished.unlink()


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
