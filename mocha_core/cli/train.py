"""`mocha train`: run the solver of an experiment file."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import MochaError, OptionError
from ..io.experiment import Experiment
from ..log import ensure_visible, logger
from ..net import Net
from ..plan import TEST
from .calling import call
from .common import add_experiment, add_weights, load_weights, open_experiment

WHEN = ("every_n_iter", "every_n_epoch")


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `train`."""
    parser = subparsers.add_parser("train", help="train the net of an experiment file")
    add_experiment(parser)
    add_weights(parser)
    parser.add_argument(
        "--max-iter", type=int, metavar="N", help="stop after N iterations, instead of the file's number"
    )
    parser.add_argument("--fresh", action="store_true", help="ignore load_from; earlier snapshots go to a folder old-1")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train; Ctrl-C ends the run cleanly and keeps the last snapshot."""
    experiment, backend = open_experiment(args)
    with backend, experiment.net(backend) as net:
        load_weights(net, args.weights)
        solver = make_solver(experiment, _overrides(args))
        test_net = _add_coffee(experiment, solver, net)
        _tell_if_nothing_is_saved(solver)
        try:
            solver.solve(net)
        finally:
            if test_net is not None:
                test_net.close()
    return 0


def make_solver(experiment: Experiment, overrides: Mapping[str, Any]) -> Any:
    """The solver that the file's [solver] table describes."""
    from ..plugins.finding import find_solver
    from ..solvers import Solver, make_solver_parameters

    table = {**experiment.solver, **overrides}
    with told("[solver]"):
        method = find_solver(str(table.pop("method", "SGD")))()
        return Solver(method, make_solver_parameters(method, **table))


def _overrides(args: argparse.Namespace) -> dict[str, Any]:
    overrides: dict[str, Any] = {} if args.max_iter is None else {"max_iter": args.max_iter}
    return {**overrides, "load_from": ""} if args.fresh else overrides


def _add_coffee(experiment: Experiment, solver: Any, net: Net) -> Net | None:
    from ..coffee import TrainingSummary

    with told("[lounge]"):
        call(solver.setup_coffee_lounge, experiment.lounge)
    test_net: Net | None = None
    for table in experiment.coffee:
        if table.get("type") == "ValidationPerformance":
            test_net = test_net or experiment.net(net.backend, TEST)
        _add_break(solver, dict(table), test_net)
    if not experiment.coffee:
        solver.add_coffee_break(TrainingSummary(), every_n_iter=100)
    _link_policies(solver)
    return test_net


def _tell_if_nothing_is_saved(solver: Any) -> None:
    """The net ends with the command."""
    if not solver.coffee_lounge.snapshot_folders:
        ensure_visible()
        logger.warning(
            "No break of this experiment saves the trained net, which is lost when training ends; add to the file a "
            'table [[coffee]] with the lines type = "Snapshot", directory = "snapshots", every_n_iter = 1000'
        )


def _link_policies(solver: Any) -> None:
    """Let the file's first validation steer the policies that want one."""
    from ..coffee import ValidationPerformance, setup
    from ..solvers.decay_on_validation import steered_policies

    validations = [
        each.coffee for each in solver.coffee_lounge.breaks if isinstance(each.coffee, ValidationPerformance)
    ]
    for policy in steered_policies(solver) if validations else ():
        setup(policy, validations[0], solver)


def _add_break(solver: Any, table: dict[str, Any], test_net: Net | None) -> None:
    from ..plugins.finding import find_coffee_break

    if "type" not in table:
        raise OptionError('a [[coffee]] table has no type; write type = "TrainingSummary", say')
    kind = str(table.pop("type"))
    when = {key: table.pop(key) for key in WHEN if key in table}
    if kind == "ValidationPerformance":
        table["net"] = test_net
    with told(f"[[coffee]] {kind}"):
        solver.add_coffee_break(call(find_coffee_break(kind), table, WHEN), **when)


@contextlib.contextmanager
def told(table: str) -> Iterator[None]:
    """Say in errors which table of the file is meant."""
    try:
        yield
    except MochaError as error:
        raise type(error)(f"{table}: {error}") from error
