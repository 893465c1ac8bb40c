"""`mocha caffe time`: how long each layer takes, forward and backward."""

from __future__ import annotations

import argparse
from typing import Any

from mocha_core.plan import PHASES, TRAIN

from .common import add_import, add_shape, import_modules
from .machine import add_file, add_iterations, add_machine, add_weights, needed, open_net
from .spelling import add_net_state, add_option

PASSES = 50
NO_LOSS = (
    "the net has no loss, so nothing goes backward; take its train_val.prototxt, without its data with "
    "--shape data=32x3x227x227 --shape label=32"
)


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `time`."""
    parser = subparsers.add_parser("time", help="time every layer of a net, forward and backward")
    add_file(parser, "model", "the prototxt of the net")
    add_weights(parser, "weights; without any the net starts from its fillers")
    add_iterations(parser, PASSES, f"passes to take the median of ({PASSES})")
    add_option(parser, "phase", type=str.lower, choices=PHASES, default=TRAIN, help="which net (train)")
    add_machine(parser)
    add_net_state(parser)
    add_shape(parser)
    add_import(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print medians in milliseconds."""
    import numpy as np

    from mocha_core.net.timing import time_net

    import_modules(args)
    path = needed(args, "model", "mocha caffe time deploy.prototxt")
    net, model = open_net(args, path, args.phase)
    with net.backend, net:
        if args.phase == TRAIN and not any(layer.traits.loss for layer in net.layers):
            print(f"note: {NO_LOSS}")
        for name in model.model.inputs:
            shape = net.blob(name).shape
            net.blob(name).set(np.random.default_rng(0).normal(size=shape) if len(shape) > 1 else np.zeros(shape))
        times = time_net(net, args.iterations)
        for row in times.layers:
            print(f"{row.layer}\tforward: {1e3 * row.forward:.3f} ms.")
            print(f"{row.layer}\tbackward: {1e3 * row.backward:.3f} ms.")
        print(f"Median Forward pass: {1e3 * times.forward:.3f} ms.")
        print(f"Median Backward pass: {1e3 * times.backward:.3f} ms.")
        print(f"Median Forward-Backward: {1e3 * (times.forward + times.backward):.3f} ms.")
    return 0
