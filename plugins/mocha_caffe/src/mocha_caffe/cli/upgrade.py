"""`mocha caffe upgrade`: an old net, solver or weights in the current format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

TEXT = (".prototxt", ".pbtxt", ".txt")


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `upgrade`."""
    parser = subparsers.add_parser(
        "upgrade",
        aliases=["upgrade_net_proto_text", "upgrade_net_proto_binary", "upgrade_solver_proto_text"],
        help="bring a net or solver of any age into the current format",
        description="Text stays text and binary binary, unless NEW has another suffix (.prototxt: text).",
    )
    parser.add_argument("old", type=Path, metavar="OLD", help=".prototxt of a net or solver, or .caffemodel")
    parser.add_argument("new", type=Path, metavar="NEW", help="file to write")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the new file; say what had to be decided on the way."""
    from mocha_core.io.atomic import replacing

    from ..formats import Kind, read_net, read_solver, save_wire, sniff, write_text

    kind = sniff(args.old)
    if kind is Kind.SOLVER_TEXT:
        message, notes = read_solver(args.old), tuple[str, ...]()
    else:
        upgraded = read_net(args.old)
        message, notes = upgraded.net, upgraded.notes
    for note in notes:
        print(f"note: {note}")
    if args.new.suffix in TEXT or (kind is not Kind.NET and args.new.suffix != ".caffemodel"):
        with replacing(args.new) as unfinished:
            unfinished.write_text(write_text(message), encoding="utf-8", errors="surrogateescape")
    else:
        save_wire(message, args.new)
    return 0
