"""`mocha caffe convert-imageset`: image files to an LMDB or HDF5, as Caffe's tool of that name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mocha_core.errors import OptionError

from .common import positive
from .spelling import add_flag, spellings

HDF5 = (".h5", ".hdf5")


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `convert-imageset`, with the options of Caffe's tool in their spellings, and others."""
    parser = subparsers.add_parser(
        "convert-imageset",
        aliases=["convert_imageset"],
        usage="%(prog)s [options] [ROOTFOLDER] LIST OUT",
        help="image files to an LMDB or HDF5: Caffe's convert_imageset",
        description="On each line of LIST a path, a space and a label. OUT.h5 gets a list OUT.txt for HDF5DataLayer.",
    )
    parser.add_argument("paths", nargs="+", metavar="[ROOTFOLDER] LIST OUT", help="ROOTFOLDER goes before each path")
    for flag, text in (
        ("gray", "one channel instead of blue, green, red"),
        ("shuffle", "in a random order, always the same one"),
        ("check-size", "all images must have one size"),
        ("encoded", "store image files instead of pixels"),
        ("skip-bad", "leave out images that cannot be read"),
    ):
        add_flag(parser, flag, text)
    parser.add_argument(*spellings("resize-width"), type=int, default=0, metavar="W", help="in pixels")
    parser.add_argument(*spellings("resize-height"), type=int, default=0, metavar="H", help="in pixels")
    parser.add_argument(*spellings("encode-type"), default="", metavar="KIND", help="png, jpg, ... (as each file is)")
    parser.add_argument(*spellings("backend"), choices=("lmdb", "hdf5"), help="by default as OUT is called")
    parser.add_argument("--batch", type=positive, default=0, metavar="N", help="images in an HDF5 file (all in one)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Convert."""
    if not 2 <= len(args.paths) <= 3:
        raise OptionError("convert-imageset takes [ROOTFOLDER] LIST OUT, two or three paths")
    *root, listing, output = args.paths
    if args.backend == "hdf5" or (args.backend is None and Path(output).suffix in HDF5):
        _to_hdf5(args, "".join(root), listing, Path(output))
    else:
        _to_lmdb(args, "".join(root), listing, output)
    return 0


def _to_hdf5(args: argparse.Namespace, root: str, listing: str, output: Path) -> None:
    from ..data.to_hdf5 import write_hdf5

    if args.encoded:
        raise OptionError("HDF5 files hold pixels; leave out --encoded, or write an LMDB")
    write_hdf5(output.with_suffix(".txt"), _images(args, root, listing).pictures(), args.batch)


def _to_lmdb(args: argparse.Namespace, root: str, listing: str, output: str) -> None:
    from ..data.lmdb.writer import write_database

    count = write_database(output, _images(args, root, listing).records())
    print(f"{output}: {count} images")


def _images(args: argparse.Namespace, root: str, listing: str) -> Any:
    from ..data.decoding import COLOR, GRAY
    from ..data.image_list import ListedPictures
    from ..data.imageset import ImageSet

    height, width = args.resize_height, args.resize_width
    if min(height, width) < 0 or (height > 0) != (width > 0):
        raise OptionError("--resize-height and --resize-width go together, both at least 1")
    listed = ListedPictures(listing, root, (height, width) if height else None, GRAY if args.gray else COLOR)
    return ImageSet(
        listed=listed,
        shuffle=args.shuffle,
        check_size=args.check_size,
        encoded=args.encoded,
        encode_type=args.encode_type,
        skip_bad=args.skip_bad,
    )
