"""`mocha data`: well-known data sets, and images of one's own, as HDF5 files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import MissingFileError
from .common import count

SETS = ("mnist", "cifar10")


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `data`; its parsers' default `run` carries it out."""
    parser = subparsers.add_parser(
        "data",
        help="convert data to HDF5: MNIST or CIFAR-10 (fetched or from their original files, verified), or a list of "
        "images",
        description="Writes HDF5 files and lists such as train.txt and test.txt, ready for HDF5DataLayer.",
    )
    sets = parser.add_subparsers(title="data", metavar="DATA", required=True)
    for name in SETS:
        _add_set(sets, name)
    _add_images(sets)


def _add_set(sets: Any, name: str) -> None:
    parser = sets.add_parser(name, help="fetch or take the original files")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to write into; made if need be")
    parser.add_argument("--from", type=Path, dest="folder", metavar="DIR", help="folder that has the original files")
    parser.add_argument(
        "--no-checksum", action="store_false", dest="checksum", help="take other data in the same format, too"
    )
    parser.set_defaults(run=run, set=name)


def _add_images(sets: Any) -> None:
    parser = sets.add_parser("images", help="image files that a CSV file lists")
    parser.add_argument("list", type=Path, metavar="LIST.csv", help="columns ImageName, Label, TrainTest")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to write into; made if need be")
    parser.add_argument(
        "--size", type=count, nargs=2, metavar=("H", "W"), help="resize to this height and width; default: as they are"
    )
    parser.add_argument("--gray", action="store_true", help="one channel instead of red, green and blue")
    parser.set_defaults(run=run_images)


def run(args: argparse.Namespace) -> int:
    """Convert; the exit status is 0, errors are raised as `MochaError`."""
    from ..data.convert import cifar10, mnist

    if args.folder is not None and not args.folder.is_dir():
        raise MissingFileError(f"--from {args.folder}: there is no such folder")
    convert = mnist.convert if args.set == "mnist" else cifar10.convert
    convert(args.to, args.folder, checksum=args.checksum)
    return 0


def run_images(args: argparse.Namespace) -> int:
    """Convert images."""
    from ..data.convert import images

    images.convert(args.list, args.to, tuple(args.size) if args.size else None, gray=args.gray)
    return 0
