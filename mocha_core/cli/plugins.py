"""`mocha plugins`: what installed packages offer."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `plugins`."""
    parser = subparsers.add_parser("plugins", help="list what installed packages offer")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line per entry point; imports no package."""
    from ..plugins.advice import advise
    from ..plugins.listing import installed

    rows = [(i.group, i.name, f"{i.distribution} {i.version}", i.state) for i in installed()]
    if not rows:
        print(f"no plugin is installed{advise()}")
        return 0
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0
