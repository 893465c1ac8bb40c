"""Options that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..backend import Backend
from ..default_backend import DefaultBackend
from ..errors import MissingFileError
from ..io.experiment import Experiment, read_experiment
from ..net import Net


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """The experiment file, and where to run it."""
    parser.add_argument("experiment", type=Path, help="experiment file (TOML)")
    parser.add_argument("--backend", metavar="NAME", help="which backend; default: the best that works here")
    parser.add_argument("--seed", type=int, help="of every random number, instead of the file's")


def add_weights(parser: argparse.ArgumentParser) -> None:
    """A snapshot or model whose parameters are used."""
    parser.add_argument("--weights", type=Path, metavar="FILE", help="snapshot or model to take the parameters from")


def count(text: str) -> int:
    """A whole number above 0, for argparse."""
    if not text.removeprefix("-").isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number")
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return int(text)


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


def open_experiment(args: argparse.Namespace) -> tuple[Experiment, Backend]:
    """The experiment and an open backend for it."""
    experiment = read_experiment(args.experiment)
    seed = experiment.seed if args.seed is None else args.seed
    return experiment, DefaultBackend(args.backend, seed=seed)


def load_weights(net: Net, path: Path | None) -> None:
    """Take the parameters from a file, if one is named."""
    if path is None:
        return
    if path.is_dir():
        raise MissingFileError(f"--weights {path} is a folder; name a snapshot in it")
    if not path.exists():
        raise MissingFileError(f"--weights {path}: there is no such file")
    from ..io.model_file import load_network

    load_network(path, net)
