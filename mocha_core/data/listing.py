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
        raise MissingFileError(
            f"{label}: there is no list file {listing.absolute()}; source= names a text file with one path of an HDF5 "
            f"file per line"
        )
    named = [Path(line.strip()) for line in _lines(label, listing) if line.strip()]
    if not named:
        raise DataError(f"{label}: the list file {source} is empty; write one path of an HDF5 file per line")
    return tuple(_existing(label, listing, path) for path in named)


def _lines(label: str, listing: Path) -> list[str]:
    try:
        return listing.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        what = "an HDF5 file itself" if listing.read_bytes()[:4] == b"\x89HDF" else "no text in UTF-8"
        raise DataError(
            f"{label}: the list file {listing} is {what}; source= names a text file with one path of an HDF5 file "
            f"per line"
        ) from error


def _existing(label: str, listing: Path, path: Path) -> Path:
    for candidate in (path, listing.parent / path):
        if candidate.is_file():
            return candidate
    folders = dict.fromkeys([Path.cwd(), listing.parent.absolute()])
    looked = " and ".join(map(str, folders))
    raise MissingFileError(
        f"{label}: the HDF5 file {path}, listed in {listing}, does not exist (looked in {looked}); correct the list"
    )
