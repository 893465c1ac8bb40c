"""`mocha plot`: the statistics of one or more trainings, listed or drawn."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import OptionError, PluginError
from ..io.statistics_file import load_statistics


@dataclass(frozen=True, slots=True)
class Curve:
    """One statistic of one file: its number on the command line, and iteration -> value."""

    number: int
    file: Path
    name: str
    values: dict[int, float]

    def line(self) -> str:
        """As the list shows it."""
        last = max(self.values, default=0)
        end = f", {self.values[last]:.6g} at iteration {last}" if self.values else ""
        return f"{self.number:4d}  {self.file}  {self.name}  ({len(self.values)} values{end})"


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `plot`."""
    parser = subparsers.add_parser("plot", help="draw the statistics that a coffee lounge saved")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="statistics.h5, also of a running training")
    parser.add_argument("-l", "--list", action="store_true", help="only list what there is, with numbers")
    parser.add_argument("-i", "--idx", type=numbers, default=(), metavar="1,2,...", help="draw only these numbers")
    parser.add_argument("--to", type=Path, default=Path("statistics.png"), metavar="FILE", help="PNG, SVG or PDF")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List, or draw one panel per statistic with a line per file."""
    curves = read_curves(args.files)
    if args.list:
        print("\n".join(curve.line() for curve in curves))
        return 0
    chosen = choose(curves, args.idx)
    draw(chosen, args.to)
    print(f"{args.to}: {', '.join(dict.fromkeys(curve.name for curve in chosen))}")
    return 0


def numbers(text: str) -> tuple[int, ...]:
    """`"1,3"` -> `(1, 3)`."""
    return tuple(int(part) for part in text.split(","))


def read_curves(files: Sequence[Path]) -> list[Curve]:
    """Every statistic of every file, numbered from 1 through all files."""
    found = [(file, name, values) for file in files for name, values in sorted(load_statistics(file).items())]
    return [Curve(number, *each) for number, each in enumerate(found, 1)]


def choose(curves: Sequence[Curve], wanted: Sequence[int]) -> list[Curve]:
    """The curves with these numbers; all if none are given."""
    known = {curve.number: curve for curve in curves}
    unknown = [str(number) for number in wanted if number not in known]
    if unknown or not known:
        there = f"there are 1 to {len(known)}; see them with --list" if known else "the files hold none"
        raise OptionError(f"no statistic {', '.join(unknown) or 'to draw'}: {there}")
    return [known[number] for number in wanted] or list(curves)


def draw(curves: Sequence[Curve], target: Path) -> None:
    """One panel per statistic; the x axis is the iteration."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PluginError("plotting needs matplotlib: pip install 'mocha-core[plot]'") from error
    names = list(dict.fromkeys(curve.name for curve in curves))
    figure = Figure(figsize=(8, 1 + 3 * len(names)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = dict(zip(names, figure.subplots(len(names), squeeze=False)[:, 0], strict=True))
    for curve in curves:
        iterations = sorted(curve.values)
        panels[curve.name].plot(iterations, [curve.values[i] for i in iterations], ".-", label=str(curve.file))
    for name, axes in panels.items():
        axes.set(xlabel="iteration", ylabel=name)
        axes.grid(alpha=0.3)
        axes.legend()
    if target.is_dir():
        raise OptionError(f"--to {target} is a folder; name a file in it, such as {target / 'statistics.png'}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        figure.savefig(target, dpi=120)
    except ValueError as error:
        raise OptionError(f"--to {target}: {error}") from error
