"""Reading original files: plain or .gz, with their checksum, and telling what a wrong file really is."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from ...errors import DataError, MissingFileError


def find(folder: Path, name: str) -> Path | None:
    """`name` or `name.gz` in `folder`."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def need(folder: Path, name: str) -> Path:
    """As `find`, but it must be there."""
    found = find(folder, name)
    if found is None:
        raise MissingFileError(f"neither {name} nor {name}.gz is in {folder}")
    return found


def read(path: Path) -> bytes:
    """What the file holds, unpacked if it is packed."""
    content = path.read_bytes()
    refuse_disguise(path, content)
    if path.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is no whole gzip file ({error}); delete it and fetch it again") from error


def check_sha256(path: Path, content: bytes, expected: str) -> None:
    """Refuse content with another checksum."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DataError(
            f"{path} is damaged or another file: its content has the SHA-256 {found}, expected {expected}. Delete it "
            f"and fetch it again, or, for other data in the same format, turn the check off: --no-checksum"
        )


def refuse_disguise(path: Path, content: bytes) -> None:
    """Refuse what is certainly not data, and say what it is."""
    wrong = _disguise(content)
    if wrong:
        raise DataError(f"{path} is {wrong}; delete it and fetch it again")


def _disguise(content: bytes) -> str:
    start = content[:512].lstrip().lower()
    if start.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the file it stands for (git lfs pull)"
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page, probably an error or log-in page saved under the file's name"
    return "empty" if not content else ""
