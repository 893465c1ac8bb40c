"""Compiled kernels, kept from run to run in the user's folder for caches."""

from __future__ import annotations

import atexit
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from mocha_core.io.cache_folder import cache_folder


def kept(kind: str, name: str, make: Callable[[Path], object]) -> Path:
    """The file `name` among those of a kind; `make` writes it to the path that it is given, if it is not there yet.

    Several processes may make the same: each writes a file of its own and moves it into place.
    """
    target = (cache_folder() or _own_folder()) / kind / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            made = Path(folder) / name
            make(made)
            made.replace(target)
    return target


def fingerprint(parts: Iterable[str]) -> str:
    """Short, and another one for other parts."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


@functools.lru_cache(maxsize=1)
def _own_folder() -> Path:
    """For a user without a home: kept until this process ends."""
    folder = tempfile.mkdtemp(prefix="mocha-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
