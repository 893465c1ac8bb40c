"""Lists of images: CSV files with the columns ImageName, Label, TrainTest."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import DataError, MissingFileError

COLUMNS = ("ImageName", "Label", "TrainTest")


@dataclass(frozen=True, slots=True)
class ListedImage:
    """One row: the image's file, its label, the set it belongs to, and where it is written."""

    path: Path
    label: float
    part: str
    place: str


def read_list(path: Path) -> dict[str, list[ListedImage]]:
    """The rows of a list by the set that they name, in the order of the file.

    A relative image name counts from the working directory or, if nothing is there, from the list's own folder.
    """
    if not path.is_file():
        raise MissingFileError(f"there is no list {path}; it is a CSV file with the columns {', '.join(COLUMNS)}")
    sets: dict[str, list[ListedImage]] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for image in _rows(path, csv.DictReader(file, skipinitialspace=True)):
                sets.setdefault(image.part, []).append(image)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no CSV file in UTF-8: {error}") from error
    if not sets:
        raise DataError(f"{path} lists no images")
    return sets


def _rows(path: Path, reader: csv.DictReader[str]) -> Iterator[ListedImage]:
    absent = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if absent:
        raise DataError(
            f"{path} has no column {', '.join(absent)}; its first line names the columns: {','.join(COLUMNS)}"
        )
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        name, label, part = ((row[column] or "").strip() for column in COLUMNS)
        yield ListedImage(_found(path, name, place), _label(label, place), _part(part, place), place)


def _found(listing: Path, name: str, place: str) -> Path:
    for candidate in (Path(name), listing.parent / name):
        if candidate.is_file():
            return candidate
    raise MissingFileError(f"{place}: there is no image {name!r} (looked in {Path.cwd()} and {listing.parent})")


def _label(text: str, place: str) -> float:
    try:
        label = float(text)
    except ValueError:
        label = math.nan
    if not math.isfinite(label):
        raise DataError(f"{place}: the label is a number, a class counted from 0 for instance, not {text!r}")
    return label


def _part(text: str, place: str) -> str:
    """A set becomes the name of a file."""
    if not text or Path(text).name != text or text.startswith("."):
        raise DataError(f"{place}: TrainTest names a set, such as train or test, not {text!r}")
    return text
