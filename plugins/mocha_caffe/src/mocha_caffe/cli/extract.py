"""`mocha caffe extract`: what chosen blobs hold for every sample of a data set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocha_core.cli.common import count
from mocha_core.data.source import HostArray
from mocha_core.errors import OptionError
from mocha_core.plan import TEST

from .common import add_import, import_modules
from .machine import add_machine, need_data, open_net, paths
from .spelling import add_net_state, names

if TYPE_CHECKING:
    from mocha_core.blob import Blob
    from mocha_core.net import Net

HDF5, LMDB = "hdf5", "lmdb"


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `extract`."""
    parser = subparsers.add_parser(
        "extract",
        aliases=["extract_features"],
        help="save blobs of a net for every sample",
        description="Writes an HDF5 file with one data set for each blob, sample after sample; or, like Caffe's tool, "
        "an LMDB of Datum records for each blob.",
    )
    parser.add_argument("weights", type=paths, help=".caffemodel, or several with commas between")
    parser.add_argument("model", type=Path, help="the prototxt of the net, with its test data")
    parser.add_argument("blobs", type=names, metavar="BLOB[,BLOB]", help="the blobs to save")
    parser.add_argument("output", type=paths, metavar="OUT[,OUT]", help="file to write, or a folder for each blob")
    parser.add_argument("batches", type=count, metavar="N", help="how many batches to run")
    parser.add_argument("kind", nargs="?", choices=(HDF5, LMDB), default=HDF5, help="what to write (hdf5)")
    parser.add_argument("device", nargs="?", choices=("CPU", "GPU"), help="as Caffe's tool; GPU is --backend cuda")
    add_machine(parser)
    add_net_state(parser)
    add_import(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files, whole or not at all."""
    from ..data.features import write_databases, write_hdf5

    import_modules(args)
    _check(args)
    args.gpu = args.gpu or ("cuda" if args.device == "GPU" else None)
    net, model = open_net(args, args.model, TEST, keep=args.blobs)
    with net.backend, net:
        need_data(args.model, model)
        batches = _batches(net, {name: net.blob(model.model.blobs[name]) for name in args.blobs}, args.batches)
        if args.kind == LMDB:
            write_databases(dict(zip(args.blobs, args.output, strict=True)), batches)
        else:
            write_hdf5(args.output[0], batches)
    print(f"{', '.join(map(str, args.output))}: {', '.join(args.blobs)} of {args.batches} batches")
    return 0


def _check(args: argparse.Namespace) -> None:
    wanted = len(args.blobs) if args.kind == LMDB else 1
    if not args.blobs or len(args.output) != wanted:
        what = "a folder for each of them" if args.kind == LMDB else "one file for all of them"
        raise OptionError(f"extract takes the names of blobs, such as fc6,fc7, and {what}, with commas between")


def _batches(net: Net, blobs: Mapping[str, Blob], count: int) -> Iterator[Mapping[str, HostArray]]:
    for _ in range(count):
        net.run_forward()
        yield {name: blob.to_array() for name, blob in blobs.items()}
