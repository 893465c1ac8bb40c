"""`--import`: layers of a user's own, for commands that read models."""

from __future__ import annotations

import argparse
import importlib
import runpy
import sys
import traceback
from pathlib import Path

from ..errors import MissingFileError, PluginError


def add_import(parser: argparse.ArgumentParser, what: str) -> None:
    """The option; `what` the module does."""
    parser.add_argument(
        "--import",
        dest="modules",
        action="append",
        default=[],
        metavar="MODULE",
        help=f"a module, or a file.py, that {what}",
    )


def import_modules(args: argparse.Namespace) -> None:
    """Import what `--import` names, also from the working directory; an error in it is told with its line."""
    for name in args.modules:
        if name.endswith(".py") and not Path(name).is_file():
            raise MissingFileError(f"--import {name}: there is no such file")
        try:
            _import(name)
        except Exception as error:
            raise PluginError(f"--import {name}: {type(error).__name__}: {error}{_line(error, name)}") from error


def _import(name: str) -> None:
    if name.endswith(".py"):
        runpy.run_path(name)
        return
    sys.path.insert(0, "")
    try:
        importlib.import_module(name)
    finally:
        sys.path.remove("")


def _line(error: Exception, name: str) -> str:
    """Where in the user's own file it was; a syntax error says it itself."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return f" (line {lines[-1]})" if lines else ""
