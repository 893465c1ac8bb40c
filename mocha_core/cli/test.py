"""`mocha test`: statistics of trained parameters on the test net of an experiment file."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import OptionError
from ..plan import TEST
from .common import add_experiment, add_weights, count, load_weights, open_experiment


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `test`."""
    parser = subparsers.add_parser("test", help="accuracy and losses of trained parameters")
    add_experiment(parser)
    add_weights(parser)
    parser.add_argument("--iterations", type=count, metavar="N", help="batches; default: once through the data")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line per statistic."""
    experiment, backend = open_experiment(args)
    if args.weights is None:
        raise OptionError("mocha test needs --weights FILE, a snapshot or a model")
    with backend, experiment.net(backend, TEST) as net:
        load_weights(net, args.weights)
        if args.iterations is None:
            net.forward_epoch(exact=True)
        for _ in range(args.iterations or 0):
            net.run_forward()
        print("\n".join(net.statistic_lines()))
    return 0
