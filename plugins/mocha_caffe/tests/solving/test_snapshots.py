"""What a training leaves behind."""

from __future__ import annotations

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core.io.load_from import snapshots_in

from .small import NET, assert_same, opened_training, values


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("small"))


def test_every_snapshot_and_the_end(tmp_path):
    with opened_training(tmp_path) as training:
        training.solve()
    kinds = ("caffemodel", "solverstate")
    assert files(tmp_path) == [*(f"small_iter_{n}.{kind}" for n in (4, 6) for kind in kinds), "small_snapshots"]
    assert list(snapshots_in(tmp_path / "small_snapshots")) == [4, 6]


def test_none_after_training(tmp_path):
    with opened_training(tmp_path, "snapshot_after_train: false") as training:
        training.solve()
    assert files(tmp_path) == ["small_iter_4.caffemodel", "small_iter_4.solverstate", "small_snapshots"]


def test_none_at_all(tmp_path):
    with opened_training(tmp_path, "snapshot: 0 snapshot_after_train: false") as training:
        assert training.snapshot is None
        training.solve()
    assert files(tmp_path) == []


def test_hdf5(tmp_path):
    with opened_training(tmp_path, "snapshot_format: HDF5") as training:
        training.solve()
    assert files(tmp_path)[:2] == ["small_iter_4.caffemodel.h5", "small_iter_4.solverstate.h5"]


def test_the_weights_predict_what_the_training_net_predicts(tmp_path):
    images = np.random.default_rng(1).normal(size=(8, 2, 6, 5)).astype(np.float32)
    with opened_training(tmp_path) as training:
        training.solve()
        expected = training.net.predict(images, outputs="ip")
    deploy = NET.replace('type: "HDF5Data"', 'type: "Input"').replace(
        'hdf5_data_param { source: "list.txt" batch_size: 8 }', "input_param { shape { dim: 8 dim: 2 dim: 6 dim: 5 } }"
    )
    (tmp_path / "deploy.prototxt").write_text(deploy.replace('top: "data" top: "label"', 'top: "data"'))
    shapes = {"data": (8, 2, 6, 5)}
    model = tmp_path / "small_iter_6.caffemodel"
    with mocha.load(tmp_path / "net.prototxt", model, backend="cpu", shapes=shapes) as net:
        assert np.allclose(net.predict(images, outputs="ip"), expected, rtol=1e-5, atol=1e-6)
    with mocha.load(model, backend="cpu", shapes=shapes) as net:  # it holds the net, too
        assert np.allclose(net.predict(images, outputs="ip"), expected, rtol=1e-5, atol=1e-6)


def test_a_training_goes_on_from_its_snapshot_bit_for_bit(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with opened_training(tmp_path / "one", max_iter=10) as training:
        training.solve()
        whole = values(training)
    for last in (5, 10):
        with opened_training(tmp_path / "two", max_iter=last) as training:
            training.solve()
    assert training.solver.state is not None
    assert training.solver.state.loaded == tmp_path / "two" / "small_snapshots" / "snapshot-000005.h5"
    assert_same(values(training), whole)


def test_fresh_begins_anew(tmp_path):
    with opened_training(tmp_path) as training:
        training.solve()
    with opened_training(tmp_path, fresh=True, max_iter=1) as training:
        training.solve()
        assert training.solver.state is not None
        assert training.solver.state.loaded is None


def test_a_fresh_training_goes_on_from_its_own_snapshots(tmp_path):
    with opened_training(tmp_path) as training:
        training.solve()
    with opened_training(tmp_path, fresh=True, max_iter=2) as training:
        training.solve()
    with opened_training(tmp_path) as training:
        training.solve()
    assert training.solver.state.loaded == tmp_path / "small_snapshots" / "snapshot-000002.h5"
    assert list(snapshots_in(tmp_path / "small_snapshots" / "old-1")) == [4, 6]


def test_so_does_one_that_began_with_a_state_of_caffe(tmp_path):
    with opened_training(tmp_path) as training:
        training.solve()
    with opened_training(tmp_path, state=tmp_path / "small_iter_4.solverstate", max_iter=5) as training:
        training.solve()
    assert list(snapshots_in(tmp_path / "small_snapshots")) == [5]
    assert list(snapshots_in(tmp_path / "small_snapshots" / "old-1")) == [4, 6]


@pytest.mark.parametrize("keep", [3])
def test_mochas_own_are_kept_three(tmp_path, keep):
    with opened_training(tmp_path, "snapshot: 1") as training:
        training.solve()
    assert list(snapshots_in(tmp_path / "small_snapshots")) == [4, 5, 6]
    assert len(files(tmp_path)) == 2 * 6 + 1
