"""Training goes on from a .solverstate, as Caffe's own would have."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from mocha_caffe import Training, open_training
from mocha_caffe.solving.state_file import write_state
from mocha_core import MissingFileError, MochaError, OptionError, ParameterError
from mocha_core.testing.opening import opened
from tests.oracles.dumps import Arrays, assert_agrees, read

from .small import NET, assert_same, opened_training, values
from .test_oracles import LIMIT, SOLVERS, trajectory

MIDDLE, BATCH = 5, 16
FORMS = ("", ".h5")


def as_caffe_left_it(folder: Path, to: Path, name: str, form: str) -> Path:
    """The files of the oracle after five updates; the data begin with the sixth batch. The state."""
    caffe = read(folder / f"{name}_float64.h5")
    history = [caffe[f"iter_0005/history/{k}"] for k in range(sum("iter_0005/history/" in key for key in caffe))]
    with h5py.File(to / "five.caffemodel.h5", "w") as file:
        for key, blob in caffe.items():
            if key.startswith("iter_0005/params/"):
                file[f"data/{key.removeprefix('iter_0005/params/')}"] = blob
    with h5py.File(to / "train.h5", "w") as file:
        file.update({key: np.roll(data, -MIDDLE * BATCH, 0) for key, data in read(folder / "train.h5").items()})
    (to / "train.txt").write_text("train.h5\n")
    state = to / f"five.solverstate{form}"
    write_state(state, iteration=MIDDLE, learned_net="gone/five.caffemodel.h5", history=history, current_step=1)
    return state


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SOLVERS)
def test_five_updates_of_caffe_and_five_of_ours(
    name: str, form: str, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shared / "oracles" / "caffe" / "solvers"
    monkeypatch.chdir(tmp_path)
    state, caffe = as_caffe_left_it(folder, tmp_path, name, form), read(folder / f"{name}_float64.h5")
    options = {"state": state, "max_iter": 10, "dtype": "float64"}
    with open_training(folder / f"{name}.prototxt", backend=opened("cpu"), **options) as training:
        ours = trajectory(training, 10 - MIDDLE)
    compared = {key: (ours[key], caffe[key]) for key in caffe if key in ours and key != "loss"}
    assert len(compared) == 4 + 4 * len(training.solver.method.slots)
    assert_agrees({"loss": (ours["loss"], caffe["loss"][MIDDLE:]), **compared}, LIMIT)


def history(training: Training) -> Arrays:
    assert training.solver.state is not None
    return training.solver.state.updater.arrays()


@pytest.mark.parametrize("kind", ["SGD", "AdaDelta", "Adam"])
@pytest.mark.parametrize("form", ["BINARYPROTO", "HDF5"])
def test_what_we_save_is_what_we_go_on_from(kind: str, form: str, tmp_path: Path) -> None:
    more = f'snapshot_format: {form} type: "{kind}" '
    suffix = ".h5" if form == "HDF5" else ""
    with opened_training(tmp_path, more) as first:
        first.solve()
    with opened_training(tmp_path, more, state=tmp_path / f"small_iter_6.solverstate{suffix}") as second:
        assert second.solver.state is not None
        assert second.solver.state.iter == 6
    assert_same(history(second), history(first))
    assert all(np.any(array) for array in history(first).values())
    weights = {name: values(first)[name] for name in values(first) if "bn1" not in name}
    assert_same({name: values(second)[name] for name in weights}, weights)


def test_another_type_of_solver(tmp_path: Path) -> None:
    with opened_training(tmp_path) as training:
        training.solve()
    with pytest.raises(ParameterError, match=r"holds 7 history blobs, and Adam\(\) keeps 2 for each of the net's 7"):
        opened_training(tmp_path, 'type: "Adam" ', state=tmp_path / "small_iter_4.solverstate")


def test_a_net_of_other_sizes(tmp_path: Path) -> None:
    with opened_training(tmp_path) as training:
        training.solve()
    other = NET.replace("num_output: 3", "num_output: 5")
    with pytest.raises(MochaError, match=r"history 5, of blob 0 \(weight\) of .*layer 'ip'.*3x48.*5x48"):
        opened_training(tmp_path, net=other, state=tmp_path / "small_iter_4.solverstate")


def test_weights_where_a_state_is_wanted(tmp_path: Path) -> None:
    with opened_training(tmp_path) as training:
        training.solve()
    with pytest.raises(MochaError, match=r"small_iter_4\.caffemodel is a \.caffemodel, where a \.solverstate or an"):
        opened_training(tmp_path, state=tmp_path / "small_iter_4.caffemodel")


def test_the_weights_are_gone(tmp_path: Path) -> None:
    with opened_training(tmp_path) as training:
        training.solve()
    (tmp_path / "small_iter_4.caffemodel").unlink()
    with pytest.raises(MissingFileError, match=r"goes with the weights .*small_iter_4\.caffemodel, which are neither"):
        opened_training(tmp_path, state=tmp_path / "small_iter_4.solverstate")


def test_weights_or_a_state(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="not both"):
        opened_training(tmp_path, weights="a.caffemodel", state="a.solverstate")
