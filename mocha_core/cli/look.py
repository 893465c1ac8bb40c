"""`mocha summary` and `mocha graph`: what a net is made of."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import OptionError
from ..plan import PHASES, TRAIN
from .common import add_experiment, add_weights, load_weights, open_experiment

PICTURES = (".svg", ".png", ".pdf", ".jpg", ".jpeg")


def add_parser(subparsers: Any) -> None:
    """Add the subcommands `summary` and `graph`."""
    for name, help_text, run in (
        ("summary", "a table of layers, shapes and parameters", summary),
        ("graph", "the net as a Graphviz graph", graph),
    ):
        parser = subparsers.add_parser(name, help=help_text)
        add_experiment(parser)
        parser.add_argument("--phase", choices=PHASES, default=TRAIN, help="which net")
        parser.set_defaults(run=run)
        if name == "summary":
            parser.add_argument(
                "--explain", action="store_true", help="also the kernel chosen for each layer, and memory"
            )
            add_weights(parser)
        else:
            parser.add_argument("--to", type=Path, metavar="FILE.dot", help="write there instead of printing")


def summary(args: argparse.Namespace) -> int:
    """Print the table, and the notes of the model."""
    experiment, backend = open_experiment(args)
    with backend, experiment.net(backend, args.phase) as net:
        load_weights(net, args.weights)
        print(net.summary())
        if args.explain:
            print("\n" + net.explain())
    return 0


def graph(args: argparse.Namespace) -> int:
    """Print or write the graph; `dot -Tsvg` draws it."""
    if args.to is not None and args.to.suffix.lower() in PICTURES:
        dot, kind = args.to.with_suffix(".dot"), args.to.suffix[1:].lower()
        raise OptionError(f"this writes text for Graphviz; write --to {dot}, then dot -T{kind} {dot} > {args.to}")
    experiment, backend = open_experiment(args)
    with backend, experiment.net(backend, args.phase) as net:
        text = net.to_dot()
    if args.to is None:
        print(text, end="")
    else:
        args.to.parent.mkdir(parents=True, exist_ok=True)
        args.to.write_text(text)
    return 0
