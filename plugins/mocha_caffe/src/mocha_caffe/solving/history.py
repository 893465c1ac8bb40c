"""A method's memory in Caffe's order: all first histories of the net's blobs, then all second ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mocha_core.errors import MochaError, ParameterError

from ..translate import Model
from ..translate.model import Place, Step
from ..translate.translated import Array, as_blob, in_slot
from ..weights.stored import Stored
from .methods import SUBTRACTED

if TYPE_CHECKING:
    from mocha_core.solvers import SolverMethod, SolverState

Owned = tuple[Step, int, Place]
"""A layer, the number of one of its blobs, and where that is in Mocha."""


def owned(model: Model) -> list[Owned]:
    """Every blob of the net once, in Caffe's order; of one that layers share the first."""
    blobs = [(step, index, place) for step in model.steps for index, place in enumerate(step.places)]
    first = {path_of(blob[2]): blob for blob in reversed(blobs)}
    return [blob for blob in blobs if first[path_of(blob[2])] is blob]


def caffe_history(state: SolverState, model: Model) -> list[Array]:
    """The histories of a training, as Caffe keeps them: zeros for what is not trained."""
    blobs = owned(model)
    return [_kept(state, slot, place) for slot in state.method.slots for _, _, place in blobs]


def mocha_history(
    path: str | os.PathLike[str], history: Sequence[Stored], method: SolverMethod, model: Model
) -> dict[str, Array]:
    """The histories in a file, by Mocha's names.

    Where they are not those of such a training, `MochaError` says so in a sentence.
    """
    blobs = owned(model)
    if len(history) != len(blobs) * len(method.slots):
        raise ParameterError(
            f"{os.fspath(path)} holds {len(history)} history blobs, and {method!r} keeps {len(method.slots)} for each "
            f"of the net's {len(blobs)} blobs: it is the state of another type of solver, or of another net"
        )
    places = [(slot, blob) for slot in method.slots for blob in blobs]
    return {
        f"{slot}/{path_of(blob[2])}": _signed(_read(path, number, stored, blob), slot)
        for number, (stored, (slot, blob)) in enumerate(zip(history, places, strict=True))
        if blob[2].param.trained
    }


def path_of(place: Place) -> str:
    """The parameter's name in Mocha."""
    return f"{place.key}___{place.param.name}"


def _kept(state: SolverState, slot: str, place: Place) -> Array:
    blob = state.updater.histories.get(path_of(place), {}).get(slot)
    values = np.zeros(place.param.shape, state.net.dtype) if blob is None else blob.to_array()
    return as_blob(_signed(values, slot), place.swapped, place.shape)


def _read(path: str | os.PathLike[str], number: int, stored: Stored, blob: Owned) -> Array:
    step, index, place = blob
    try:
        return in_slot(stored.read(place.shape, place.loose), place.swapped, place.param.shape)
    except MochaError as error:
        what = f"blob {index} ({place.param.name}) of {step.given.where}"
        raise type(error)(f"{os.fspath(path)}: history {number}, of {what}: {error}") from error


def _signed(values: Array, slot: str) -> Array:
    """Between what Mocha adds and Caffe subtracts; exact."""
    return -values if slot in SUBTRACTED else values
