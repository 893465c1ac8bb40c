"""Snapshots: the parameters of a net, as in a model file, and under `/solver` all that training needs to go on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import SnapshotError
from .array_file import text, verify, write_arrays
from .model_file import parameter_arrays
from .model_notes import ModelNotes
from .nested import put_back, take_out
from .notes_file import PREFIX as NOTES
from .notes_file import notes_arrays, read_notes
from .record import VERSION, Record, parse_record
from .safe_hdf5 import Datasets, opened, read
from .statistics_file import Statistics, as_arrays, from_datasets

if TYPE_CHECKING:
    from ..solvers.state import SolverState

STATE = "solver/state"
HISTORY = "solver/history/"
STATISTICS = "solver/statistics/"
LOUNGE = "solver/lounge/"

HostArray = np.ndarray[Any, Any]


@dataclass(slots=True, kw_only=True)
class Header:
    """What is known of a snapshot before its arrays are read: its record and the shape of every array.

    The record has: version, versions, net, dtype, method, params, iter, obj_val, fields, updates, seed, random, data,
    lounge.
    """

    record: Record
    parameters: Mapping[str, tuple[int, ...]]
    history: Mapping[str, tuple[int, ...]]


@dataclass(slots=True, kw_only=True)
class Contents:
    """A snapshot in memory. `history` has keys `<slot>/<layer>___<param>`."""

    record: Record
    parameters: Mapping[str, HostArray]
    history: Mapping[str, HostArray] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=dict)
    notes: ModelNotes = field(default_factory=ModelNotes)


def capture(state: SolverState, lounge: Mapping[str, Any], statistics: Statistics) -> Contents:
    """A training as it stands after a forward; `lounge` is what coffee breaks want to be told when it is resumed.

    Data position and random counters are those from before that forward, which a resumed training does again.
    """
    return Contents(
        record=_record(state, lounge),
        parameters=parameter_arrays(state.net),
        history=state.updater.arrays(),
        statistics=statistics,
        notes=state.net.notes,
    )


def write_snapshot(path: str | os.PathLike[str], contents: Contents) -> None:
    """Write it, whole or not at all."""
    arrays = dict(contents.parameters)
    breaks: dict[str, HostArray] = {}
    arrays[STATE] = text(json.dumps({**contents.record, "lounge": take_out(contents.record["lounge"], breaks)}))
    arrays.update({LOUNGE + name: values for name, values in breaks.items()})
    arrays.update({HISTORY + name: values for name, values in contents.history.items()})
    arrays.update(as_arrays(STATISTICS, contents.statistics))
    arrays.update(notes_arrays(contents.notes))
    write_arrays(path, arrays)


def is_snapshot(path: str | os.PathLike[str]) -> bool:
    """Whether a file holds the state of a solver besides parameters."""
    with opened(path) as (_, datasets):
        return STATE in datasets


def verify_snapshot(path: str | os.PathLike[str]) -> None:
    """Raise `SnapshotError` unless the file is a whole and undamaged snapshot; allocates nothing of size."""
    with opened(path) as (file, datasets):
        _header(file, datasets)


def read_snapshot(path: str | os.PathLike[str], check: Callable[[Header], None] = lambda header: None) -> Contents:
    """Read a snapshot; `check` may refuse it by raising an error before its arrays are read."""
    with opened(path) as (file, datasets):
        header = _header(file, datasets)
        check(header)
        names = {name.removeprefix(LOUNGE): name for name in datasets if name.startswith(LOUNGE)}
        breaks = {short: read(datasets[name], tuple(datasets[name].shape)) for short, name in names.items()}
        return Contents(
            record={**header.record, "lounge": put_back(header.record["lounge"], breaks)},
            parameters={name: read(datasets[name], shape) for name, shape in header.parameters.items()},
            history={name: read(datasets[HISTORY + name], shape) for name, shape in header.history.items()},
            statistics=from_datasets(STATISTICS, datasets),
            notes=read_notes(datasets),
        )


def _record(state: SolverState, lounge: Mapping[str, Any]) -> dict[str, Any]:
    net = state.net
    return {
        "version": VERSION,
        "versions": _versions(),
        "net": net.name,
        "dtype": net.dtype,
        "method": repr(state.method),
        "params": {name: repr(value) for name, value in state.params.items() if name != "load_from"},
        "iter": state.iter,
        "obj_val": state.obj_val,
        "fields": {name: float(value) for name, value in state.fields.items()},
        "updates": state.updater.updates,
        "seed": net.backend.seed,
        "random": net.random_state(),
        "data": net.data_state(),
        "lounge": lounge,
    }


def _versions() -> dict[str, str]:
    from importlib import metadata

    import h5py

    try:
        mocha = metadata.version("mocha-core")
    except metadata.PackageNotFoundError:  # run from a source tree that is not installed
        mocha = "unknown"
    return {"mocha": mocha, "numpy": np.__version__, "h5py": h5py.__version__}


def _header(file: Any, datasets: Datasets) -> Header:
    if STATE not in datasets:
        raise SnapshotError("it holds no solver state, so it is no snapshot")
    verify(file, datasets)
    shapes = {name: tuple(dataset.shape) for name, dataset in datasets.items()}
    return Header(
        record=parse_record(bytes(datasets[STATE][()])),
        parameters={
            name: s
            for name, s in shapes.items()
            if name != STATE and not name.startswith((HISTORY, STATISTICS, LOUNGE, NOTES))
        },
        history={name.removeprefix(HISTORY): s for name, s in shapes.items() if name.startswith(HISTORY)},
    )
