"""`mocha caffe inspect`: what is in a model, before anything runs."""

from __future__ import annotations

import argparse
from typing import Any

from .common import add_model, add_phase, import_modules


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `inspect`."""
    parser = subparsers.add_parser(
        "inspect",
        help="layers, shapes, parameters, FLOPs, memory; unknown layers; extra and missing weights",
        description="Status 1 if some layer is of an unknown type, or lacks its weights.",
    )
    add_model(parser)
    add_phase(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    from ..formats import read_net
    from ..report import report
    from ..translate import Settings, describe_unread

    import_modules(args)
    upgraded = read_net(args.model)
    settings = Settings(phase=args.phase, level=args.level, stages=args.stage)
    lines, sound = report(upgraded.net, settings, dict(args.shape), args.model, args.weights)
    notes = [*upgraded.notes, *describe_unread(upgraded.net)]
    print("\n".join([*lines, *(f"note: {note}" for note in notes)]))
    return 0 if sound else 1
