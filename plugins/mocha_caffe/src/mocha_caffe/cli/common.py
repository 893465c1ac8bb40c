"""Options that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from mocha_core.cli import importing
from mocha_core.cli.common import shape
from mocha_core.cli.importing import import_modules as import_modules
from mocha_core.plan import PHASES, TEST

from .spelling import add_net_state


def add_model(parser: argparse.ArgumentParser) -> None:
    """The files, and which layers of them take part."""
    parser.add_argument("model", type=Path, help=".prototxt, or .caffemodel that holds the net, too")
    parser.add_argument("weights", type=Path, nargs="?", help=".caffemodel or .caffemodel.h5 with the weights")
    add_net_state(parser)
    add_shape(parser)
    add_import(parser)


def add_shape(parser: argparse.ArgumentParser) -> None:
    """Sizes of inputs."""
    parser.add_argument(
        "--shape",
        type=shape,
        action="append",
        default=[],
        metavar="BLOB=1x3x227x227",
        help="sizes of an input, instead of the file's; makes an input of a data layer",
    )


def add_phase(parser: argparse.ArgumentParser) -> None:
    """Which net."""
    parser.add_argument("--phase", choices=PHASES, default=TEST, help="which net (test)")


def add_import(parser: argparse.ArgumentParser) -> None:
    """A user's own layers."""
    importing.add_import(parser, "registers layers of yours with @mocha_caffe.layer")


def add_decoding(parser: argparse.ArgumentParser) -> None:
    """What encoded records become."""
    one = parser.add_mutually_exclusive_group()
    for name in ("color", "gray"):
        text = f"make encoded images {name}, whatever they are"
        one.add_argument(f"--{name}", action="store_const", dest="decode", const=name, default="native", help=text)


def positive(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of at least 1")
    return int(text)
