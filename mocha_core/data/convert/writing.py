"""Writing list files."""

from __future__ import annotations

from pathlib import Path

from ...io.atomic import replacing


def write_list(target: Path, *files: str) -> None:
    """A list file for `HDF5DataLayer`; the files lie beside it."""
    with replacing(target) as temporary:
        temporary.write_text("".join(f"{name}\n" for name in files))
