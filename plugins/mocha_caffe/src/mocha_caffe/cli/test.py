"""`mocha caffe test`: how good a trained net is on its test data."""

from __future__ import annotations

import argparse
from statistics import fmean as mean
from typing import TYPE_CHECKING, Any

from mocha_core.errors import OptionError
from mocha_core.plan import TEST

from .common import add_import, import_modules
from .machine import add_file, add_iterations, add_machine, add_weights, need_data, needed, open_net
from .spelling import add_net_state

if TYPE_CHECKING:
    from mocha_core.net import Net

BATCHES = 50


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `test`."""
    parser = subparsers.add_parser("test", help="losses and accuracies of a trained net on its test data")
    add_file(parser, "model", "the prototxt of the net, with its test data")
    add_weights(parser, "the trained weights")
    add_iterations(parser, BATCHES, f"batches ({BATCHES})")
    add_machine(parser)
    add_net_state(parser)
    add_import(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the scores of every batch, and their means."""
    import_modules(args)
    path = needed(args, "model", "mocha caffe test train_val.prototxt --weights W.caffemodel")
    net, model = open_net(args, path, TEST)
    with net.backend, net:
        if not args.weights and not model.has_weights:
            raise OptionError("mocha caffe test needs --weights FILE: a .caffemodel, or a snapshot of Mocha's")
        need_data(path, model)
        if not any(layer.traits.stats for layer in net.layers):
            raise OptionError(f"{path}: in the test phase the net has neither a loss nor an accuracy")
        _test(net, args.iterations)
    return 0


def _test(net: Net, batches: int) -> None:
    """Caffe's lines: the scores of each batch, then their means over the batches."""
    from ..solving.testing import outputs, run_batches, scored

    objectives: list[float] = []
    scores: dict[str, list[float]] = {}
    for number in range(batches):
        objectives.append(run_batches(net, 1))
        for name, value in outputs(net).items():
            scores.setdefault(name, []).append(value)
            print(f"Batch {number}, {name} = {value:.6g}")
    print(f"Loss: {mean(objectives):.6g}")
    for name, values in scores.items():
        print(scored(net, name, mean(values)))
