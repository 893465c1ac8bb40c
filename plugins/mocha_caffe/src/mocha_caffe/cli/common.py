"""Options that several subcommands share."""

from __future__ import annotations

import argparse
import importlib
import runpy
from pathlib import Path

from mocha_core.errors import MissingFileError
from mocha_core.plan import PHASES, TEST


def add_model(parser: argparse.ArgumentParser) -> None:
    """The files, and which layers of them take part."""
    parser.add_argument("model", type=Path, help=".prototxt, or .caffemodel that holds the net, too")
    parser.add_argument("weights", type=Path, nargs="?", help=".caffemodel or .caffemodel.h5 with the weights")
    add_state(parser)
    parser.add_argument(
        "--shape",
        type=shape,
        action="append",
        default=[],
        metavar="BLOB=1x3x227x227",
        help="sizes of an input, instead of the file's; makes an input of a data layer",
    )
    add_import(parser)


def add_state(parser: argparse.ArgumentParser) -> None:
    """Caffe's NetState, but for the phase."""
    parser.add_argument("--stage", action="append", default=[], help="a stage, as in include { stage: ... }")
    parser.add_argument("--level", type=int, default=0, help="the level, as in include { min_level: ... }")


def add_phase(parser: argparse.ArgumentParser) -> None:
    """Which net."""
    parser.add_argument("--phase", choices=PHASES, default=TEST, help="which net (test)")


def add_import(parser: argparse.ArgumentParser) -> None:
    """A user's own layers."""
    parser.add_argument(
        "--import",
        dest="modules",
        action="append",
        default=[],
        metavar="MODULE",
        help="a module, or a file.py, that registers layers of yours with @mocha_caffe.layer",
    )


def import_modules(args: argparse.Namespace) -> None:
    """Import what `--import` names."""
    for name in args.modules:
        if not name.endswith(".py"):
            importlib.import_module(name)
        elif Path(name).is_file():
            runpy.run_path(name)
        else:
            raise MissingFileError(f"--import {name}: there is no such file")


def shape(text: str) -> tuple[str, tuple[int, ...]]:
    """`data=1x3x227x227`, for argparse.

    >>> shape("data=1x3x227x227")
    ('data', (1, 3, 227, 227))
    """
    name, _, sizes = text.rpartition("=")
    try:
        found = tuple(int(size) for size in sizes.replace(",", "x").split("x"))
    except ValueError:
        found = ()
    if not name or not found:
        raise argparse.ArgumentTypeError(f"{text} is no BLOB=SIZExSIZE..., such as data=1x3x227x227")
    return name, found
