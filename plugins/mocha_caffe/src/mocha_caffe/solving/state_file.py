"""Caffe's .solverstate and .solverstate.h5."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mocha_core.io.atomic import replacing
from mocha_core.io.safe_hdf5 import opened

from ..formats import CaffeFileError, Kind, Message, make_blob, read_solver_state, require, save_wire
from ..translate.translated import Array
from ..weights.stored import HDF5Blob, Stored, WireBlob

HISTORY = "history/"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredState:
    """What a file holds. iter: updates made.   learned_net: the .caffemodel of that iteration, "" if none is named.

    history: blobs in Caffe's order, none of them read yet.   current_step: how often the learning rate was changed.
    """

    iter: int
    learned_net: str = ""
    history: Sequence[Stored] = ()
    current_step: int = 0


@contextlib.contextmanager
def open_state(path: str | os.PathLike[str]) -> Iterator[StoredState]:
    """The state in a file of either form; valid inside the block. What is no such file is a `MochaError`."""
    if require(path, Kind.SOLVER_STATE, Kind.HDF5) is Kind.HDF5:
        with opened(path) as (_, datasets):
            yield _of_hdf5(path, datasets)
    else:
        yield _of_wire(path, read_solver_state(path))


def write_state(
    path: str | os.PathLike[str], *, iteration: int, learned_net: str, history: Sequence[Array], current_step: int
) -> None:
    """Write a file, whole or not at all; HDF5 if its name ends in .h5."""
    if os.fspath(path).endswith(".h5"):
        _write_hdf5(path, iteration, learned_net, history, current_step)
        return
    message = Message("SolverState", iter=iteration, learned_net=learned_net, current_step=current_step)
    message.history = [make_blob(values) for values in history]
    save_wire(message, path)


def _of_wire(path: str | os.PathLike[str], message: Message) -> StoredState:
    if "iter" not in message or message.iter < 0:
        raise CaffeFileError(f"{os.fspath(path)} does not say how many iterations were done; take another snapshot")
    return StoredState(
        iter=message.iter,
        learned_net=str(message.learned_net),
        history=[WireBlob(blob) for blob in message.history],
        current_step=message.current_step,
    )


def _of_hdf5(path: str | os.PathLike[str], datasets: Mapping[str, Any]) -> StoredState:
    if "iter" not in datasets:
        what = "weights (a .caffemodel.h5)" if any(name.startswith("data/") for name in datasets) else "something else"
        raise CaffeFileError(f"{os.fspath(path)} holds {what}, where {Kind.SOLVER_STATE} is wanted")
    numbers = sorted(int(name.removeprefix(HISTORY)) for name in datasets if _is_history(name))
    if numbers != list(range(len(numbers))):
        raise CaffeFileError(f"{os.fspath(path)} has the histories {numbers}, not all from 0 on")
    return StoredState(
        iter=_number(path, datasets, "iter"),
        learned_net=_text(path, datasets),
        history=[HDF5Blob(datasets[f"{HISTORY}{number}"]) for number in numbers],
        current_step=_number(path, datasets, "current_step") if "current_step" in datasets else 0,
    )


def _is_history(name: str) -> bool:
    return name.startswith(HISTORY) and name.removeprefix(HISTORY).isdecimal()


def _number(path: str | os.PathLike[str], datasets: Mapping[str, Any], name: str) -> int:
    dataset = datasets[name]
    if dataset.size != 1 or dataset.dtype.kind not in "iu" or (value := int(dataset[()].reshape(-1)[0])) < 0:
        raise CaffeFileError(f"{os.fspath(path)}: {name} is no number of iterations")
    return value


def _text(path: str | os.PathLike[str], datasets: Mapping[str, Any]) -> str:
    if "learned_net" not in datasets:
        return ""
    dataset = datasets["learned_net"]
    if dataset.dtype.kind != "S" or dataset.shape != ():
        raise CaffeFileError(f"{os.fspath(path)}: learned_net is no file name")
    return bytes(dataset[()]).rstrip(b"\0").decode("utf-8", "surrogateescape")


def _write_hdf5(
    path: str | os.PathLike[str], iteration: int, learned_net: str, history: Sequence[Array], current_step: int
) -> None:
    import h5py

    name = learned_net.encode("utf-8", "surrogateescape")
    with replacing(path) as unfinished, h5py.File(unfinished, "w", libver=("v108", "v108")) as file:
        file["iter"] = np.array([iteration], np.int32)
        file["learned_net"] = np.array(name, f"S{len(name) + 1}")  # Caffe reads up to the closing zero
        file["current_step"] = np.array([current_step], np.int32)
        file.create_group("history")
        for number, values in enumerate(history):
            file[f"{HISTORY}{number}"] = values
