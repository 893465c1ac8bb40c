"""`mocha caffe train`: the training that a solver prototxt describes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..solving.signals import EFFECTS
from .common import add_import, import_modules
from .machine import add_file, add_iterations, add_machine, add_weights, needed
from .spelling import add_net_state, add_option

DTYPES = ("float32", "float64")


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `train`."""
    parser = subparsers.add_parser(
        "train",
        help="train from a solver prototxt; one that was interrupted goes on",
        description="Leaves Caffe's snapshots, and Mocha's own in <snapshot_prefix>_snapshots, from which the same "
        "command goes on bit for bit after an interruption. Options may be spelled as in Caffe: -solver, -weights.",
    )
    add_file(parser, "solver", "the solver prototxt")
    add_weights(parser, "weights to start from, instead of those that the solver names")
    parser.add_argument(
        "--snapshot", "-snapshot", "--resume", type=Path, metavar="FILE", help="a .solverstate of Caffe's to go on from"
    )
    parser.add_argument("--fresh", action="store_true", help="begin anew although there are snapshots of Mocha's")
    add_iterations(parser, None, "stop after N iterations, instead of the solver's max_iter")
    add_machine(parser)
    parser.add_argument("--dtype", choices=DTYPES, default=DTYPES[0], help="precision (float32)")
    add_net_state(parser)
    add_option(parser, "sigint_effect", choices=EFFECTS, default="stop", help="what Ctrl-C does (stop)")
    add_option(parser, "sighup_effect", choices=EFFECTS, default="snapshot", help="what a hang-up does (snapshot)")
    add_import(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train."""
    from ..solving import open_training

    import_modules(args)
    training = open_training(
        needed(args, "solver", "mocha caffe train solver.prototxt"),
        backend=args.backend or args.gpu,
        dtype=args.dtype,
        weights=args.weights,
        state=args.snapshot,
        level=args.level,
        stages=args.stage,
        max_iter=args.iterations,
        fresh=args.fresh,
    )
    with training.backend, training:
        training.heed_signals(SIGINT=args.sigint_effect, SIGHUP=args.sighup_effect)
        training.solve()
    return 0
