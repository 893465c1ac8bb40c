"""`mocha caffe`: look at Caffe's models, bring them up to date, take them away."""

from __future__ import annotations

from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `caffe` with its own subcommands."""
    from . import inspect, to_python, upgrade

    parser = subparsers.add_parser("caffe", help="open, inspect and convert Caffe's models, without Caffe")
    commands = parser.add_subparsers(title="caffe commands", metavar="COMMAND", required=True)
    for module in (inspect, upgrade, to_python):
        module.add_parser(commands)
