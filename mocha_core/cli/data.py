"""`mocha data`: well-known data sets as HDF5 files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import MissingFileError

SETS = ("mnist", "cifar10")


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `data`; its parser's default `run` carries it out."""
    parser = subparsers.add_parser(
        "data",
        help="fetch or take the original files of MNIST or CIFAR-10, verify them, convert them to HDF5",
        description="Writes HDF5 files and the lists train.txt and test.txt, ready for HDF5DataLayer.",
    )
    parser.add_argument("set", choices=SETS, help="which data set")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to write into; made if need be")
    parser.add_argument("--from", type=Path, dest="folder", metavar="DIR", help="folder that has the original files")
    parser.add_argument(
        "--no-checksum", action="store_false", dest="checksum", help="take other data in the same format, too"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Convert; the exit status is 0, errors are raised as `MochaError`."""
    from ..data.convert import cifar10, mnist

    if args.folder is not None and not args.folder.is_dir():
        raise MissingFileError(f"--from {args.folder}: there is no such folder")
    convert = mnist.convert if args.set == "mnist" else cifar10.convert
    convert(args.to, args.folder, checksum=args.checksum)
    return 0
