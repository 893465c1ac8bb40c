"""`mocha time`: how long each layer and a whole pass take."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ..errors import OptionError
from ..io.experiment import Experiment
from ..net import Net
from ..plan import PHASES, TRAIN
from .common import add_experiment, count, open_experiment
from .train import make_solver


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `time`."""
    parser = subparsers.add_parser("time", help="time every layer, forward and backward")
    add_experiment(parser)
    parser.add_argument("--iterations", type=count, default=50, metavar="N", help="passes to take the median of (50)")
    parser.add_argument("--phase", choices=PHASES, default=TRAIN, help="which net")
    parser.add_argument(
        "--roofline", action="store_true", help="also the least time that the machine allows, for every layer"
    )
    parser.add_argument(
        "--peak", type=above_zero, metavar="GFLOP/S", help="for --roofline: of the machine, instead of measuring it"
    )
    parser.add_argument(
        "--bandwidth", type=above_zero, metavar="GB/S", help="for --roofline: of the memory, instead of measuring it"
    )
    parser.set_defaults(run=run)


def above_zero(text: str) -> float:
    """A number above 0, for argparse."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def run(args: argparse.Namespace) -> int:
    """Print a table in milliseconds."""
    if not args.roofline and (args.peak or args.bandwidth):
        raise OptionError("--peak and --bandwidth say what the machine can do, which only --roofline looks at; add it")
    experiment, backend = open_experiment(args)
    with backend, experiment.net(backend, args.phase) as net:
        for line in _roofline(args, experiment, net) if args.roofline else _times(net, args.iterations):
            print(line)
    return 0


def _times(net: Net, iterations: int) -> Iterator[str]:
    from ..net.report import what_runs
    from ..net.timing import time_net

    times, runs = time_net(net, iterations), {layer.name: what_runs(layer) for layer in net.layers}
    width = max(len(runs[row.layer]) for row in times.layers)
    yield f"{'layer':{width}}  forward ms  backward ms"
    for row in times.layers:
        yield f"{runs[row.layer]:{width}}  {1e3 * row.forward:10.3f}  {1e3 * row.backward:11.3f}"
    yield f"{'whole pass':{width}}  {1e3 * times.forward:10.3f}  {1e3 * times.backward:11.3f}"


def _roofline(args: argparse.Namespace, experiment: Experiment, net: Net) -> Iterator[str]:
    from ..net.machine import measure_machine
    from ..net.roofline import measure_rows, measure_update
    from ..net.roofline_table import roofline_lines

    machine = measure_machine(net.backend, 1e9 * (args.peak or 0), 1e9 * (args.bandwidth or 0))
    rows = measure_rows(net, machine, args.iterations)
    if experiment.solver and net.trainable:
        rows.append(measure_update(make_solver(experiment, {}), net, machine, args.iterations))
    yield machine.describe()
    yield from roofline_lines(rows)
