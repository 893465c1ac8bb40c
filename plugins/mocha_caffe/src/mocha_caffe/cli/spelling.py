"""Options as Caffe's tools spell them; `-weights` means `--weights`."""

from __future__ import annotations

import argparse
from typing import Any


def add_option(parser: argparse.ArgumentParser, name: str, **options: Any) -> None:
    """`--name`, and `-name` as Caffe's tools spell it."""
    parser.add_argument(f"--{name}", f"-{name}", **options)


def add_flag(parser: argparse.ArgumentParser, name: str, what: str) -> None:
    """A switch: `--check-size`, `-check_size`, `--check_size=true`, `--nocheck_size`."""
    dest, spelled = name.replace("-", "_"), spellings(name)
    parser.add_argument(*spelled, dest=dest, action="store_true", help=what)
    for value, negated in (("true", []), ("false", [f"--no{dest}", f"-no{dest}"])):
        words = [f"{each}={word}" for each in spelled for word in (value, value.capitalize())]
        parser.add_argument(
            *words, *negated, dest=dest, action="store_const", const=value == "true", help=argparse.SUPPRESS
        )


def spellings(name: str) -> list[str]:
    """`-a_b`, `--a_b`, as Caffe's tools have it, and `--a-b`."""
    old = name.replace("-", "_")
    return [f"--{name}", f"-{old}", *([f"--{old}"] if old != name else [])]


def add_net_state(parser: argparse.ArgumentParser) -> None:
    """Caffe's NetState, but for the phase."""
    what = "stages, as in include { stage: ... }"
    add_option(parser, "stage", type=names, action="extend", default=[], metavar="A[,B]", help=what)
    add_option(parser, "level", type=int, default=0, help="the level, as in include { min_level: ... }")


def names(text: str) -> tuple[str, ...]:
    """`deploy,small` -> ("deploy", "small"), for argparse."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
