"""`mocha caffe mean`: the mean image of a database, as Caffe's compute_image_mean."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .common import add_decoding
from .spelling import add_option


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `mean`."""
    parser = subparsers.add_parser(
        "mean",
        aliases=["compute_image_mean"],
        help="the mean image of a database: Caffe's compute_image_mean",
        description="Also prints the mean of each channel, for mean_value.",
    )
    parser.add_argument("database", metavar="DB", help="folder of an LMDB")
    parser.add_argument("output", type=Path, nargs="?", metavar="OUT", help=".binaryproto, .npy or .h5 to write")
    add_decoding(parser)
    add_option(parser, "backend", metavar="NAME", help="taken for Caffe's sake; what the folder holds decides")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compute, print and write the mean."""
    from ..data.averaging import mean_image
    from ..data.datum_pictures import DatumPictures
    from ..data.mean_file import check_suffix, write_mean

    if args.output is not None:
        check_suffix(args.output)
    pictures = DatumPictures(args.database, args.decode)
    mean = mean_image(pictures)
    print(f"{len(pictures)} images of shape {mean.shape} (channels, height, width)")
    for channel, value in enumerate(mean.mean(axis=(1, 2), dtype="float64")):
        print(f"mean_value: {value:.6g}  # channel {channel}")
    if args.output is not None:
        write_mean(args.output, mean)
        print(f"written to {args.output}")
    return 0
