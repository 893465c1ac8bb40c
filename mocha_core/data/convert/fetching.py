"""Fetching files over the network."""

from __future__ import annotations

import shutil
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path

from ...errors import DataError
from ...io.atomic import replacing

TIMEOUT = 60
"""Seconds without any byte before a mirror is given up."""


def fetch(mirrors: Sequence[str], name: str, folder: Path, say: Callable[[str], None]) -> Path:
    """The file `name` in `folder`, fetched from the first mirror that answers unless it is there already."""
    target = folder / name
    if target.is_file():
        return target
    troubles = []
    for mirror in mirrors:
        say(f"fetching {mirror}{name}")
        try:
            _download(mirror + name, target)
        except (OSError, HTTPException) as error:
            troubles.append(f"{mirror}{name}: {error}")
        else:
            return target
    raise DataError(f"cannot fetch {name} ({'; '.join(troubles)}). Get it another way, and give its folder: --from DIR")


def _download(address: str, target: Path) -> None:
    with replacing(target) as temporary:
        with urllib.request.urlopen(address, timeout=TIMEOUT) as reply, temporary.open("wb") as file:
            shutil.copyfileobj(reply, file)
            expected, found = reply.headers.get("Content-Length"), file.tell()
        if expected is not None and int(expected) != found:
            raise OSError(f"{found} of {expected} bytes arrived")
