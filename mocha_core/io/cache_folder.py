"""The user's folder for what backends keep between runs: measured choices, compiled objects."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CACHE = "MOCHA_CACHE"


def cache_folder() -> Path | None:
    """$MOCHA_CACHE, else `mocha` in the folder that the system has for caches; None where the user has no home."""
    if said := os.environ.get(CACHE):
        return Path(said)
    variable, usual = ("LOCALAPPDATA", "AppData/Local") if sys.platform == "win32" else ("XDG_CACHE_HOME", ".cache")
    if parent := os.environ.get(variable):
        return Path(parent) / "mocha"
    try:
        return Path.home() / usual / "mocha"
    except RuntimeError:
        return None
