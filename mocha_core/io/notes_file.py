"""The notes of a model in HDF5 files: one text, and a mean image as an array."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np

from ..data.mean_image import MOST_NUMBERS
from ..errors import MochaError, SnapshotError
from ..preprocessing import Preprocessing
from .array_file import text
from .model_notes import LONGEST, ModelNotes
from .safe_hdf5 import Datasets, read

PREFIX = "notes/"
RECORD, MEAN = "notes/record", "notes/mean"
LONGEST_RECORD = 32 * LONGEST
"""Of three texts whose characters are all escaped, and more."""

HostArray = np.ndarray[Any, Any]


def notes_arrays(notes: ModelNotes) -> dict[str, HostArray]:
    """What a file holds of them; nothing if nothing is known."""
    if not notes:
        return {}
    strings, arrays = dict(notes.as_strings()), dict[str, HostArray]()
    if notes.preprocessing is not None:
        record = notes.preprocessing.as_json()
        if not isinstance(notes.preprocessing.mean, tuple):
            arrays[MEAN], record["mean"] = notes.preprocessing.mean, None
        strings["preprocessing"] = json.dumps(record)
    return {RECORD: text(json.dumps(strings)), **arrays}


def read_notes(datasets: Datasets) -> ModelNotes:
    """The notes in an open file, empty ones if there are none; `SnapshotError` where they are damaged."""
    if RECORD not in datasets:
        return ModelNotes()
    try:
        strings = _strings(datasets[RECORD])
        if MEAN not in datasets:
            return ModelNotes.from_strings(strings)
        record = {**json.loads(strings.pop("preprocessing", "")), "mean": _mean(datasets[MEAN])}
        return replace(ModelNotes.from_strings(strings), preprocessing=Preprocessing.from_json(record))
    except SnapshotError:
        raise
    except (MochaError, ValueError, TypeError, RecursionError) as error:
        raise SnapshotError(f"its notes are damaged: {error}") from error


def _strings(dataset: Any) -> dict[str, str]:
    if dataset.shape != () or dataset.dtype.kind != "S" or dataset.dtype.itemsize > LONGEST_RECORD:
        raise SnapshotError(f"its notes are no text: {dataset.name} is {dataset.shape} of {dataset.dtype}")
    found = json.loads(bytes(dataset[()]))
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise SnapshotError(f"its notes are no texts by name: {dataset.name}")
    return found


def _mean(dataset: Any) -> HostArray:
    if dataset.dtype.kind != "f" or dataset.size > MOST_NUMBERS:
        raise SnapshotError(f"its mean image is {dataset.shape} of {dataset.dtype}")
    return np.asarray(read(dataset, tuple(dataset.shape)))
