"""`mocha caffe`: look at Caffe's models, run and train them, bring them up to date, take them away."""

from __future__ import annotations

from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `caffe` with its own subcommands."""
    from . import (
        classify,
        convert_imageset,
        device_query,
        extract,
        inspect,
        lmdb_to_hdf5,
        mean,
        test,
        time,
        to_python,
        train,
        upgrade,
    )

    parser = subparsers.add_parser("caffe", help="open, run, train and convert Caffe's models, without Caffe")
    commands = parser.add_subparsers(title="caffe commands", metavar="COMMAND", required=True)
    models = (inspect, upgrade, to_python, train, test, time, extract, classify)
    data = (mean, lmdb_to_hdf5, convert_imageset)
    for module in (*models, *data, device_query):
        module.add_parser(commands)
