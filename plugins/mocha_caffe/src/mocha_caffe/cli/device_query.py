"""`mocha caffe device_query`: where to look instead."""

from __future__ import annotations

import argparse
from typing import Any

from mocha_core.errors import OptionError

from .machine import add_machine


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `device_query`."""
    parser = subparsers.add_parser("device_query", help="is `mocha doctor` here")
    add_machine(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say it; status 1, since nothing is queried."""
    raise OptionError("instead of device_query there is `mocha doctor`: the backends, what each works on, the default")
