"""Files that exist whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path in the target's folder; it becomes the target if the block ends well, else it is removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_list(target: Path, *files: str) -> None:
    """A list file for `HDF5DataLayer`; the files lie beside it."""
    with replacing(target) as temporary:
        temporary.write_text("".join(f"{name}\n" for name in files))
