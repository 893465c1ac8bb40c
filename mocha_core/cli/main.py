"""`mocha`: one subcommand a file; packages add their own through the entry points `mocha.commands`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from ..errors import MochaError, PluginError
from .parser import Parser
from .saying import sentence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. Errors of the framework and of files: one line on stderr, status 1."""
    try:
        args = _parser().parse_args(argv)
        return int(args.run(args))
    except KeyboardInterrupt:
        print("mocha: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except (MochaError, OSError, ImportError) as error:
        print(f"mocha: {sentence(error)}", file=sys.stderr)
        return 1


def _parser() -> Parser:
    from . import data, doctor, export, look, plot, plugins, test, time, train

    parser = Parser(prog="mocha", description="Define, train and inspect static neural nets.")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (train, test, time, look, export, plot, plugins, doctor, data):
        module.add_parser(subparsers)
    _add_plugins(subparsers)
    return parser


def _add_plugins(subparsers: Any) -> None:
    from ..plugins.scan import offers

    for offer in offers("mocha.commands"):
        try:
            offer.load().add_parser(subparsers)
        except PluginError as error:
            print(f"mocha: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
