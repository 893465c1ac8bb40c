"""`load_from` names something that is not there, or that is no snapshot and no model."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mocha_core import MissingFileError, MochaError, ParameterError, SnapshotError

from .newcomer import Case, check, train


def load_from(error: type[MochaError], path: str, *says: str) -> Case:
    return Case(error, says, params={"load_from": path}, toml=('load_from = "snapshots"', f'load_from = "{path}"'))


CASES = {
    "a file": load_from(MissingFileError, "lenet.h5", "names the file 'lenet.h5', which does not exist; correct the"),
    "a near snapshot": load_from(
        MissingFileError, "snapshots/snapshot-00012.h5", "not exist; did you mean 'snapshots/snapshot-000012.h5'?"
    ),
    "a near folder": load_from(
        MissingFileError, "snapshot", "'snapshot', which does not exist", "did you mean 'snapshots'?", "To start afresh"
    ),
    "a text": load_from(SnapshotError, "list.txt", "list.txt is damaged or no HDF5 file"),
    "data": load_from(
        ParameterError, "data.h5", "data.h5 holds no parameters, but: data, label; name a snapshot", "ip1___weight"
    ),
    "statistics": load_from(ParameterError, "snapshots/statistics.h5", "holds no parameters, but: statistics/obj_val"),
    "of Julia": load_from(SnapshotError, "snapshot-000100.jld", "which only Julia reads; save its parameters there"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


def test_a_training_that_is_complete_says_so(trained: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mocha")
    assert train(max_iter=8).state.iter == 12
    assert "Nothing left to do: that snapshot has max_iter=8 updates already" in caplog.messages
