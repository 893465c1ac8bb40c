"""`mocha caffe lmdb-to-hdf5`: a database in files that need no package and that anything reads."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .common import add_decoding, positive

if TYPE_CHECKING:
    from mocha_core.data.transformers import Transformer


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `lmdb-to-hdf5`."""
    parser = subparsers.add_parser(
        "lmdb-to-hdf5",
        help="an LMDB as HDF5 files and their list, for HDF5DataLayer",
        description="The images are written as they are stored, without any transformation, unless an option asks for "
        "one; then as float32: (pixel - mean) * scale, of the middle.",
    )
    parser.add_argument("database", metavar="DB", help="folder of an LMDB")
    parser.add_argument("output", type=Path, metavar="OUT", help="folder to write into; made if need be")
    parser.add_argument("--batch", type=positive, default=0, metavar="N", help="images in a file (all in one)")
    parser.add_argument("--name", default="", help="of the list and the files (that of the database)")
    parser.add_argument("--mean-file", metavar="FILE", help="mean image to subtract")
    parser.add_argument(
        "--mean-value", type=float, action="append", default=[], help="for all channels, or once for each"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies what is left")
    parser.add_argument("--crop-size", type=positive, default=0, metavar="N", help="only the middle N x N pixels")
    add_decoding(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Convert."""
    from ..data.datum_pictures import DatumPictures
    from ..data.to_hdf5 import write_hdf5

    pictures = DatumPictures(args.database, args.decode)
    name = args.name or Path(args.database).resolve().name
    read = (pictures.read(number) for number in range(len(pictures)))
    write_hdf5(args.output / f"{name}.txt", read, args.batch, _transformers(args))
    return 0


def _transformers(args: argparse.Namespace) -> list[Transformer]:
    from mocha_core.data import CenterCrop, Scale, SubMean

    from ..data import SubMeanFile

    found: list[Transformer] = []
    if args.mean_file:
        found.append(SubMeanFile(args.mean_file))
    if args.mean_value:
        found.append(SubMean(mean_values=args.mean_value))
    if args.crop_size:
        found.append(CenterCrop(args.crop_size))
    return found if args.scale == 1 else [*found, Scale(args.scale)]
