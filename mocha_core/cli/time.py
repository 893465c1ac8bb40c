"""`mocha time`: how long each layer and a whole pass take."""

from __future__ import annotations

import argparse
from typing import Any

from ..plan import PHASES, TRAIN
from .common import add_experiment, count, open_experiment


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `time`."""
    parser = subparsers.add_parser("time", help="time every layer, forward and backward")
    add_experiment(parser)
    parser.add_argument("--iterations", type=count, default=50, metavar="N", help="passes to take the median of (50)")
    parser.add_argument("--phase", choices=PHASES, default=TRAIN, help="which net")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a table in milliseconds."""
    from ..net.timing import time_net

    experiment, backend = open_experiment(args)
    with backend, experiment.net(backend, args.phase) as net:
        times = time_net(net, args.iterations)
    width = max(len(row.layer) for row in times.layers)
    print(f"{'layer':{width}}  forward ms  backward ms")
    for row in times.layers:
        print(f"{row.layer:{width}}  {1e3 * row.forward:10.3f}  {1e3 * row.backward:11.3f}")
    print(f"{'whole pass':{width}}  {1e3 * times.forward:10.3f}  {1e3 * times.backward:11.3f}")
    return 0
