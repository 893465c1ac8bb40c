"""The notes of a model that is loaded: what the user says, what the files say, and what lies beside them."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import Any

from ..errors import MissingFileError, OptionError
from ..log import logger
from .importer import path_of
from .model_notes import LONGEST, ModelNotes

LEGAL = re.compile(r"(LICEN[CS]E|NOTICE|COPYING|COPYRIGHT)([-._][^ ]*)?", re.IGNORECASE)
SUFFIXES = (".txt", ".md", ".rst")
MOST_FILES = 10_000


def told(
    licence: Any = None, attribution: Any = None, source: str | None = None, preprocessing: Any = None
) -> ModelNotes:
    """Notes as a user of `load` gives them: texts, or paths of texts."""
    texts = {"licence": licence, "attribution": attribution}
    return ModelNotes(
        **{name: text_of(name, value) for name, value in texts.items() if value is not None},
        source=source or "",
        preprocessing=preprocessing,
    )


def text_of(name: str, given: Any) -> str:
    """A text, or what the file that it names holds.

    A string is a path if there is such a file, or if it looks like one (`LICENSE`, `licence.txt`), which then must be.
    """
    if isinstance(given, os.PathLike):
        return _read(name, path_of(given))
    if not isinstance(given, str):
        raise OptionError(f"{name} is a text or the path of one, not {given!r}")
    if len(given) > 4096 or "\n" in given or not given.strip():
        return given
    path = path_of(given)
    return _read(name, path) if _looks_like_a_path(path) or path.is_file() else given


def legal_files(model: Path) -> list[Path]:
    """Licences and notices that lie beside a model."""
    with os.scandir(model.parent) as entries:
        found = [entry.name for entry in itertools.islice(entries, MOST_FILES) if LEGAL.fullmatch(entry.name)]
    return [model.parent / name for name in sorted(found) if (model.parent / name).is_file()]


def hint(model: Path, notes: ModelNotes) -> None:
    """Say that a licence lies beside the model, if none travels with it. It is the user who knows what it is for."""
    if notes.licence:
        return
    for path in legal_files(model):
        logger.info("%s", advice(path))


def advice(path: Path) -> str:
    """How to take a licence along."""
    option = "attribution" if path.name.upper().startswith("NOTICE") else "licence"
    return f"{path} lies beside the model; mocha.load(..., {option}={str(path)!r}) writes it into all files made of it"


def _looks_like_a_path(path: Path) -> bool:
    return bool(LEGAL.fullmatch(path.name)) or (path.suffix in SUFFIXES and " " not in str(path))


def _read(name: str, path: Path) -> str:
    if not path.is_file():
        raise MissingFileError(f"{name}: there is no file {str(path)!r}")
    if path.stat().st_size > 4 * LONGEST:
        raise OptionError(f"{name}: {path} has {path.stat().st_size} bytes; at most {LONGEST} characters travel along")
    raw = path.read_bytes()
    if b"\0" in raw:
        raise OptionError(f"{name}: {path} is no text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
