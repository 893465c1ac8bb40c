"""Errors of the system in a sentence that says what to do."""

from __future__ import annotations

import errno
import os

from ..errors import MochaError

ADVICE = {
    errno.ENOENT: "there is no {path}; correct the path",
    errno.EACCES: "no permission for {path}; choose another place, or ask its owner",
    errno.EPERM: "no permission for {path}; choose another place, or ask its owner",
    errno.EROFS: "{path} is on a file system that cannot be written to; choose another place",
    errno.EISDIR: "{path} is a folder; name a file in it",
    errno.ENOTDIR: "{path}: a file is in the place of a folder; choose another name",
    errno.EEXIST: "{path} exists already; choose another name",
    errno.ENOSPC: "no space is left for {path}; free some, or choose another place",
}


def sentence(error: Exception) -> str:
    """What to print of an error.

    >>> sentence(IsADirectoryError(errno.EISDIR, "Is a directory", "out"))
    'out is a folder; name a file in it'
    """
    if isinstance(error, MochaError):
        return str(error)
    if isinstance(error, ImportError):
        return f"a package is missing or damaged: {error}; install it again{_by_name(error.name)}"
    if isinstance(error, OSError) and error.errno in ADVICE:
        path = error.filename2 or error.filename
        return ADVICE[error.errno].format(path=os.fsdecode(path) if isinstance(path, (str, bytes)) else "the file")
    return str(error) or type(error).__name__


def _by_name(name: str | None) -> str:
    return f", with pip install {name.partition('.')[0]}" if name else ""
