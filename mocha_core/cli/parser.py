"""The parser of every subcommand: mistakes are one sentence with the next thing to try."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """Subparsers are of this class, too. A word that a subcommand does not know is refused by that subcommand.

    >>> parser = Parser(prog="mocha train")
    >>> parser.parse_args(["--fast"])
    Traceback (most recent call last):
        ...
    SystemExit: 2
    """

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def error(self, message: str) -> NoReturn:
        """Say it on stderr in one line, and end with status 2."""
        self.exit(2, f"{self.prog}: error: {message}; `{self.prog} --help` lists what there is\n")
