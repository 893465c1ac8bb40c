"""State survives a snapshot."""

from __future__ import annotations

import io

import h5py
import numpy as np

from ...backend import Backend
from ..case import Case
from ..failure import Outcome, expect_equal
from ..rig import Rig
from .check import check


@check
def state_survives(case: Case, backend: Backend, dtype: str) -> None:
    """A layer whose parameters went through an HDF5 file, as in a snapshot, goes on bit for bit as if nothing was."""
    rig = Rig(case, backend, dtype)
    rig.run()
    revived = Rig(case, backend, dtype)
    for name, array in through_a_file({n: blob.to_array() for n, blob in rig.state.params.items()}).items():
        revived.state.params[name].set(array)
    expect_equal(case, rig.where, revived.run(), rig.run(), "differs after its parameters went through a file")


def through_a_file(arrays: Outcome) -> Outcome:
    """Written to an HDF5 file (in memory) and read back."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    with h5py.File(memory, "r") as file:
        return {name: np.asarray(file[name]) for name in file}
