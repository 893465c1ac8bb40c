"""Caffe's .solverstate and .solverstate.h5."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from mocha_caffe.formats import Message, make_blob, read_solver_state, save_wire
from mocha_caffe.solving.state_file import open_state, write_state
from mocha_core import MochaError

HISTORY = [np.arange(6.0).reshape(2, 3), np.array([1.5, -2.0]), np.array(4.0)]
FORMS = ("a.solverstate", "a.solverstate.h5")


def written(path: Path) -> Path:
    write_state(path, iteration=70, learned_net="nets/a_iter_70.caffemodel", history=HISTORY, current_step=3)
    return path


@pytest.mark.parametrize("name", FORMS)
def test_what_is_written_is_read(name, tmp_path):
    with open_state(written(tmp_path / name)) as state:
        assert (state.iter, state.learned_net, state.current_step) == (70, "nets/a_iter_70.caffemodel", 3)
        assert [blob.shape for blob in state.history] == [(2, 3), (2,), ()]
        for blob, values in zip(state.history, HISTORY, strict=True):
            assert np.array_equal(blob.read(values.shape), values)


def test_hdf5_has_the_form_that_caffe_reads(tmp_path):
    with h5py.File(written(tmp_path / FORMS[1])) as file:
        assert sorted(file) == ["current_step", "history", "iter", "learned_net"]
        assert (file["iter"].shape, file["iter"].dtype) == ((1,), np.int32)
        assert file["learned_net"].dtype == "S26"  # one more than its letters: Caffe reads up to a zero
        assert sorted(file["history"]) == ["0", "1", "2"]


def test_an_old_state_without_step_and_with_legacy_shapes(tmp_path):
    state = Message("SolverState", iter=5, history=[make_blob(np.ones((2, 3), np.float32), legacy=True)])
    save_wire(state, tmp_path / "old.solverstate")
    with open_state(tmp_path / "old.solverstate") as found:
        assert (found.iter, found.learned_net, found.current_step) == (5, "", 0)
        assert found.history[0].read((2, 3)).shape == (2, 3)


def test_precision(tmp_path):
    write_state(
        tmp_path / "s", iteration=1, learned_net="", history=[HISTORY[0], np.float32(HISTORY[1])], current_step=0
    )
    doubles, floats = read_solver_state(tmp_path / "s").history
    assert "double_data" in doubles
    assert "data" in floats


def test_weights_are_no_state(tmp_path):
    net = Message("NetParameter", name="net")
    net.make("layer", name="ip", type="InnerProduct").blobs = [make_blob(HISTORY[0])]
    save_wire(net, tmp_path / "w.caffemodel")
    with (
        pytest.raises(MochaError, match=r"w\.caffemodel is a \.caffemodel, where a \.solverstate"),
        open_state(tmp_path / "w.caffemodel"),
    ):
        pass


def test_hdf5_weights_are_no_state(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["data/ip/0"] = HISTORY[0]
    with (
        pytest.raises(MochaError, match=r"w\.h5 holds weights .* where a \.solverstate is wanted"),
        open_state(tmp_path / "w.h5"),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("iter", np.array([1, 2]), "iter is no number of iterations"),
        ("iter", np.array([-1]), "iter is no number of iterations"),
        ("learned_net", np.array([1.0]), "learned_net is no file name"),
        ("history/3", np.ones(2), "not all from 0 on"),
    ],
)
def test_damaged_hdf5(name, value, fault, tmp_path):
    with h5py.File(tmp_path / "s.h5", "w") as file:
        for key, good in {"iter": np.array([1]), "learned_net": np.bytes_("a"), name: value}.items():
            file[key] = good
    with pytest.raises(MochaError, match=rf"s\.h5.*{fault}"), open_state(tmp_path / "s.h5"):
        pass
