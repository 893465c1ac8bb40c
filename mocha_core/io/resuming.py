"""Putting a snapshot back into a net and its solver, after a check that it is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..blob import BlobSpec, Shape
from ..errors import SnapshotError
from ..log import logger
from ..untrained import counted_once
from .model_file import put, similar
from .snapshot_file import Contents, Header

if TYPE_CHECKING:
    from ..solvers.state import SolverState


def check_fit(header: Header, state: SolverState) -> None:
    """Raise `SnapshotError` naming all that differs if the snapshot is of another net or another method."""
    found = [*_method_differences(header, state), *_net_differences(header, state), *_data_differences(header, state)]
    if found:
        raise SnapshotError(
            f"it is the snapshot of another training (net {header.record['net']!r}, {header.record['method']}), not of "
            f"net {state.net.name!r} with {state.method!r}: {'; '.join(found)}. Give this training a folder of its "
            f"own; where all parameters fit, load_solver_state=False takes them and starts at iteration 0"
        )


def restore_values(contents: Contents, state: SolverState) -> None:
    """Parameters, notes, history and the solver's numbers; to be called before the net initialises the rest."""
    net, record = state.net, contents.record
    for parameter in net.all_parameters:
        put(parameter, contents.parameters[parameter.path])
        if parameter.spec.trained:
            state.updater.history(parameter)
    net.notes = net.notes.completed(contents.notes)
    state.updater.restore(contents.history, record["updates"])
    state.iter, state.obj_val = int(record["iter"]), float(record["obj_val"])
    state.fields = {**state.fields, **{name: float(value) for name, value in record["fields"].items()}}
    _tell_differences(record, state)


def replay(state: SolverState, data: Mapping[str, object], random: Mapping[str, int], reported: bool = True) -> None:
    """Do the last forward again, with the batch and the draws it had; what layers keep track of counts it once.

    reported: whether this net did it before, so that statistics and output layers know of it already.
    """
    net = state.net
    net.restore_data(data)
    net.restore_random(random)
    with counted_once(net.all_parameters):
        state.obj_val = net.forward_unreported() if reported else net.forward()


def _method_differences(header: Header, state: SolverState) -> Iterator[str]:
    if header.record["method"] != repr(state.method):
        yield f"its method is {header.record['method']}, the solver's is {state.method!r}"


def _net_differences(header: Header, state: SolverState) -> Iterator[str]:
    mine: dict[str, Shape] = {p.path: p.blob.shape for p in state.net.all_parameters}
    theirs = header.parameters
    for name, shape in mine.items():
        if name not in theirs:
            yield f"it has no {name} ({BlobSpec(shape)})"
        elif not similar(theirs[name], shape):
            yield f"its {name} is {BlobSpec(theirs[name])}, the net's is {BlobSpec(shape)}"
    for name in sorted(theirs.keys() - mine.keys()):
        yield f"it has {name} ({BlobSpec(theirs[name])}), which the net has not"
    for name, shape in header.history.items():
        parameter = name.partition("/")[2]
        fits = parameter in mine and similar(theirs.get(parameter, ()), mine[parameter])
        if fits and not similar(shape, mine[parameter]):
            yield f"its {name} is {BlobSpec(shape)}, that parameter is {BlobSpec(mine[parameter])}"


def _data_differences(header: Header, state: SolverState) -> Iterator[str]:
    mine, theirs = set(state.net.data_state()), set(header.record["data"])
    if mine != theirs:
        yield f"its data layers are {sorted(theirs)}, the net's are {sorted(mine)}"


def _tell_differences(record: Mapping[str, object], state: SolverState) -> None:
    """Say what makes the resumed training another one than that which was interrupted; all of it is allowed."""
    if record["seed"] != state.net.backend.seed:
        told = f"its seed is {record['seed']}, the backend's is {state.net.backend.seed}: random numbers will differ"
        logger.warning("The snapshot is resumed under other conditions: %s", told)
    before = record["params"]
    for name, value in state.params.items():
        if isinstance(before, Mapping) and before.get(name, repr(value)) != repr(value):
            logger.info("%s was %s when the snapshot was taken and is %r now", name, before[name], value)
    if set(state.net.random_state()) != set(record["random"]):  # type: ignore[call-overload]
        logger.warning("The net draws other random numbers than when the snapshot was taken; those it shares go on")
