"""List files: text that names HDF5 files, one a line."""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError, MissingFileError


def listed_files(label: str, source: str) -> tuple[Path, ...]:
    """The files that the list file `source` names, one a line; blank lines are skipped.

    A relative path counts from the working directory, or, if nothing is there, from the list file's own folder.
    """
    listing = Path(source)
    if not listing.is_file():
        raise MissingFileError(f"{label}: there is no list file {source} (looked in {Path.cwd()})")
    named = [Path(line.strip()) for line in listing.read_text().splitlines() if line.strip()]
    if not named:
        raise DataError(f"{label}: the list file {source} is empty; write one path of an HDF5 file per line")
    return tuple(_existing(label, listing, path) for path in named)


def _existing(label: str, listing: Path, path: Path) -> Path:
    for candidate in (path, listing.parent / path):
        if candidate.is_file():
            return candidate
    looked = f"neither in {Path.cwd()} nor in {listing.parent.absolute()}"
    raise MissingFileError(f"{label}: the HDF5 file {path}, listed in {listing}, exists {looked}")
