"""Going on where Caffe stopped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mocha_core.errors import MissingFileError
from mocha_core.log import logger
from mocha_core.solvers import SolverState

from ..importer import CaffeModel
from ..translate.translated import Array
from .history import mocha_history
from .state_file import open_state

if TYPE_CHECKING:
    from mocha_core.net import Net
    from mocha_core.solvers import Solver


def resume(solver: Solver, net: Net, model: CaffeModel, path: str | os.PathLike[str]) -> None:
    """Let the solver go on from a .solverstate: its iteration, its histories, and the weights that it names.

    The data begin at their start, as in Caffe. Nothing is changed if there is an error.
    """
    state = SolverState.new(solver.method, solver.params, net)
    with open_state(path) as stored:
        histories = mocha_history(path, stored.history, solver.method, model.model)
        iteration, learned = stored.iter, _learned_net(Path(path), stored.learned_net)
    if learned is not None:
        model.load(net, learned, allow_missing=False)
    net.init()
    _restore(state, histories, iteration)
    net.run_forward()  # counts the batch in running averages; the solver does the same forward again
    solver.state = state
    logger.info("Restored %s; continuing from iteration %d", os.fspath(path), iteration)


def _restore(state: SolverState, histories: Mapping[str, Array], iteration: int) -> None:
    trained = [parameter for parameter in state.net.all_parameters if parameter.spec.trained]
    for parameter in trained:
        state.updater.history(parameter)
    state.updater.restore(histories, {parameter.path: iteration for parameter in trained})
    state.iter = iteration
    if "t" in state.fields:
        state.fields["t"] = float(iteration)


def _learned_net(state: Path, named: str) -> Path | None:
    """The weights of that iteration: as named, from the working directory, or beside the state."""
    if not named:
        logger.warning("%s names no weights; those that the net has are kept", state)
        return None
    beside = state.parent / Path(named.replace("\\", "/")).name
    for candidate in (Path(named), beside):
        if candidate.is_file():
            return candidate
    raise MissingFileError(f"{state} goes with the weights {named}, which are neither there nor at {beside}")
