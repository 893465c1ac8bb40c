"""The training loop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import NumericalError, OptionError
from ..io.load_from import load_start, snapshots_in
from ..io.resuming import replay
from ..io.snapshot_file import Contents
from ..log import ensure_visible, logger
from .solver import Solver
from .state import SolverState

if TYPE_CHECKING:
    from ..net import Net

LOOK_EVERY = 100
"""After so many updates an objective is looked at, even if nobody asks for it."""

MOST_NAMES = 8
"""Of layers in one message."""

AFRESH = "on a new DefaultBackend(), or with parameters=ParameterStore(backend), it would start afresh"


def solve(solver: Solver, net: Net) -> None:
    """Train until `max_iter` updates are done, those before a resume included, or a coffee break stops it.

    Whatever ends the training, an error or Ctrl-C included, the coffee breaks are destroyed and the statistics saved.
    A NaN or Inf in the objective is a `NumericalError` before any coffee break sees it, so the last snapshot is good.
    A backend that joins steps is asked for the objective before a break that is due, at the end, and each 100 updates.
    """
    state = init_solve(solver, net)
    if state.loaded is not None and state.iter >= solver.params["max_iter"]:
        logger.info("Nothing left to do: that snapshot has max_iter=%s updates already", solver.params["max_iter"])
    try:
        while state.iter < solver.params["max_iter"] and state.stop_reason is None:
            onestep_solve(solver, net, state)
        if state.stop_reason is not None:
            logger.info("Stopped after %d updates: %s", state.iter, state.stop_reason)
    finally:
        finalize_solve(solver, net, state)


def init_solve(solver: Solver, net: Net) -> SolverState:
    """Get ready: load what `load_from` names, initialise the rest, do the first forward, take the first breaks.

    For a loop of one's own: `init_solve`, then `onestep_solve` as often as wanted, then `finalize_solve`. A solver that
    trained this net before goes on from there: it does the last forward again and takes no breaks.
    """
    if not isinstance(solver, Solver) or isinstance(net, Solver):
        given = " and ".join(f"a {type(each).__name__}" for each in (solver, net))
        raise OptionError(f"solve(solver, net) takes the solver first and then the net, not {given}")
    ensure_visible()
    net.check_bp_topology()
    for policy in solver.method.policies(solver.params).values():
        policy.check_ready(solver)
    goes_on = solver.state is not None and solver.state.net is net and solver.state.method == solver.method
    state, snapshot = (_going_on(solver), None) if goes_on else _beginning(solver, net)
    _check_objective(solver, state)
    solver.coffee_lounge.open(net, state)
    try:
        if not goes_on:
            _enter_lounge(solver, state, snapshot)
    except BaseException:
        solver.coffee_lounge.close(net)
        raise
    solver.state, state.whole = state, True
    return state


def onestep_solve(solver: Solver, net: Net, state: SolverState) -> None:
    """One update, from the gradients of the last forward; then a forward of the next batch, then the breaks due.

    With `iter_size` above 1, the gradients are those of the last forward and of `iter_size - 1` more batches.
    """
    state.whole = False
    _catch_up(state)
    iteration = state.iter + 1
    _tell_news(solver, iteration)
    fields = solver.method.advance(solver.params, iteration, state.fields)
    if state.joint is None:
        _step_by_step(solver, state, fields)
    else:
        state.joint.run(iteration, fields)
        state.iter, state.fields, state.midway, state.unread = iteration, fields, None, True
    if not state.unread or _looks(solver, state):
        _check_objective(solver, state)
    solver.coffee_lounge.check(net, state)
    state.whole = True


def finalize_solve(solver: Solver, net: Net, state: SolverState) -> None:
    """Let the coffee breaks finish, unless an error interrupted an update; destroy them and save the statistics."""
    try:
        if state.whole:
            solver.coffee_lounge.finish(net, state)
    finally:
        solver.coffee_lounge.close(net)


def _beginning(solver: Solver, net: Net) -> tuple[SolverState, Contents | None]:
    state = SolverState.new(solver.method, solver.params, net)
    held = {parameter.path: parameter.blob.version for parameter in net.all_parameters if parameter.ready}
    snapshot = load_start(state, solver.coffee_lounge.snapshot_folders)
    _tell_held(net, held)
    solver.coffee_lounge.prepare(net, state)
    net.init()
    if snapshot is None:
        state.obj_val = net.forward()
    else:
        replay(state, snapshot.record["data"], snapshot.record["random"], reported=False)
    for line in state.updater.explain():
        logger.debug("Update of %s", line)
    return state, snapshot


def _going_on(solver: Solver) -> SolverState:
    assert solver.state is not None
    state = solver.state
    state.adopt(solver.params)
    solver.coffee_lounge.prepare(state.net, state)
    data, random = state.midway or (state.net.data_state(), state.net.random_state())
    replay(state, data, random)
    return state


def _catch_up(state: SolverState) -> None:
    """Do what breaks put off until now; and the last forward again, where they froze or thawed running averages."""
    todo, state.todo = state.todo, []
    for task in todo:
        task()
    if state.net._program.outdated:
        replay(state, state.net.data_state(), state.net.random_state())


def _step_by_step(solver: Solver, state: SolverState, fields: dict[str, float]) -> None:
    _differentiate(solver, state)
    state.updater.run(state.iter + 1, fields)
    state.iter, state.fields, state.midway = state.iter + 1, fields, None
    state.obj_val = state.net.forward()


def _looks(solver: Solver, state: SolverState) -> bool:
    """Whether an objective that is still on the device must be looked at now."""
    regular = state.iter % LOOK_EVERY == 0 or state.iter >= solver.params["max_iter"]
    return regular or solver.coffee_lounge.is_due(state.net, state)


def _differentiate(solver: Solver, state: SolverState) -> None:
    """The gradients of one update."""
    net, gradients = state.net, state.gradients
    gradients.begin()
    net.backward()
    if gradients.iter_size > 1:
        state.midway = (net.data_state(), net.random_state())
    for _ in range(gradients.iter_size - 1):
        gradients.keep()
        state.obj_val = net.forward()
        _check_objective(solver, state)
        net.backward()
    gradients.finish()


def _enter_lounge(solver: Solver, state: SolverState, snapshot: Contents | None) -> None:
    lounge = solver.coffee_lounge
    if snapshot is not None:
        lounge.merge_statistics(snapshot.statistics)
        lounge.restore(snapshot.record["lounge"])
    lounge.check(state.net, state)


def _tell_held(net: Net, before: Mapping[str, int]) -> None:
    """Name the layers whose parameters had values `before`, by version, that no file has replaced."""
    kept = [p for p in net.all_parameters if before.get(p.path) == p.blob.version]
    names = list(dict.fromkeys(p.key for p in kept if not p.spec.past))
    if names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        told = ", ".join(names[:MOST_NAMES]) + more
        logger.info("Net %r starts from parameters that hold values already: %s (%s)", net.name, told, AFRESH)


def _tell_news(solver: Solver, iteration: int) -> None:
    for name, policy in solver.method.policies(solver.params).items():
        if news := policy.news(iteration):
            logger.info("%s: %s", name, news)


def _check_objective(solver: Solver, state: SolverState) -> None:
    if math.isfinite(state.obj_val):
        return
    solver.state = None
    numbers = ", ".join(f"{name} {value:g}" for name, value in state.fields.items())
    where = state.net.find_bad_blob() or "when looked at again, no blob holds NaN or Inf"
    raise NumericalError(
        f"the objective of net {state.net.name!r} is {state.obj_val} after {state.iter} updates ({numbers}): {where}. "
        f"Correct the data where they are at fault; otherwise lower the learning rate, check the scale of the data and "
        f"the initializers{_last_good(solver, state)}"
    )


def _last_good(solver: Solver, state: SolverState) -> str:
    found = [path for folder in solver.coffee_lounge.snapshot_folders for path in snapshots_in(folder).values()]
    return f"; the last snapshot is {found[-1]}" if found else ""
