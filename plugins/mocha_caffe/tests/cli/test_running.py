"""`mocha caffe test`, `time` and `extract`."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from mocha_caffe.data.datum import read_datum
from mocha_caffe.data.lmdb import Reader
from mocha_core.cli.main import main

from ..solving.small import BATCH, SAMPLES, opened_training, values
from ..weights.models import prototxt

LOSS = 'layer {{ name: "{0}" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "{0}" loss_weight: {1} }}\n'


def caffe(*args: object) -> int:
    return main(["caffe", *map(str, args), "--backend", "cpu"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A trained net, and its data."""
    found = tmp_path_factory.mktemp("trained")
    with opened_training(found) as training:
        training.solve()
        with h5py.File(found / "expected.h5", "w") as file:
            file["conv1"] = training.net.predict(_data(found), outputs="conv1")
            file["ip"] = training.net.predict(_data(found), outputs="ip")
        assert values(training)
    return found


def _data(folder):
    with h5py.File(folder / "data.h5") as file:
        return file["data"][()]


def test_the_means_over_the_data(folder, capsys):
    assert (
        caffe(
            "test", "-model", folder / "net.prototxt", "-weights", folder / "small_iter_6.caffemodel", "-iterations", 3
        )
        == 0
    )
    said = dict(line.replace(":", " =").split(" = ", 1) for line in capsys.readouterr().out.splitlines())
    with h5py.File(folder / "expected.h5") as file, h5py.File(folder / "data.h5") as data:
        scores, labels = file["ip"][()].astype(float), data["label"][()].astype(int)
    prob = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert float(said["accuracy"]) == pytest.approx((scores.argmax(axis=1) == labels).mean(), rel=1e-5)
    loss = -np.log(prob[np.arange(SAMPLES), labels]).mean()
    shown, _, counts = said["loss"].partition(" ")
    assert float(shown) == pytest.approx(loss, rel=1e-5)
    assert counts == f"(* 1 = {shown} loss)"
    assert float(said["Loss"]) == pytest.approx(loss, rel=1e-5)


def test_losses_are_shown_without_their_weights(folder, tmp_path, capsys):
    net = (folder / "net.prototxt").read_text().replace("list.txt", str(folder / "list.txt"))
    (tmp_path / "net.prototxt").write_text(net + LOSS.format("third", 0.3) + LOSS.format("none", 0))
    weights = folder / "small_iter_6.caffemodel"
    assert caffe("test", tmp_path / "net.prototxt", "-weights", weights, "-iterations", 1) == 0
    _, *batch, total, _, loss, third, none = capsys.readouterr().out.splitlines()
    value = loss.split()[2]
    assert batch == [f"Batch 0, {name} = {value}" for name in ("loss", "third", "none")]
    assert third == f"third = {value} (* 0.3 = {0.3 * float(value):.6g} loss)"
    assert none == f"none = {value}"
    assert float(total.split()[1]) == pytest.approx(1.3 * float(value), rel=1e-5)


def test_the_scores_of_every_batch(folder, capsys):
    weights = folder / "small_iter_6.caffemodel"
    assert caffe("test", folder / "net.prototxt", "-weights", weights, "-iterations", 3) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" = ")[0] for line in lines[:6]] == [
        f"Batch {n}, {name}" for n in range(3) for name in ("accuracy", "loss")
    ]
    with h5py.File(folder / "expected.h5") as file, h5py.File(folder / "data.h5") as data:
        right = (file["ip"][()].argmax(axis=1) == data["label"][()]).reshape(3, BATCH).mean(axis=1)
    assert [float(line.partition(" = ")[2]) for line in lines[:6:2]] == pytest.approx(list(right), rel=1e-5)


def test_without_weights(folder, capsys):
    assert caffe("test", folder / "net.prototxt") == 1
    assert "needs --weights FILE" in capsys.readouterr().err


@pytest.mark.parametrize("phase", ["train", "TEST"])
def test_every_layer_is_timed(folder, phase, capsys):
    assert caffe("time", folder / "net.prototxt", "-phase", phase, "--iterations", 1) == 0
    said = capsys.readouterr().out
    for line in ("conv1\tforward: ", "ip\tbackward: ", "Median Forward pass: ", "Median Backward pass: "):
        assert line in said


def test_features(folder, capsys):
    model = folder / "small_iter_6.caffemodel"
    assert caffe("extract", model, folder / "net.prototxt", "conv1,ip", folder / "out.h5", 3) == 0
    with h5py.File(folder / "out.h5") as file, h5py.File(folder / "expected.h5") as expected:
        assert file["conv1"].shape[0] == 3 * BATCH == SAMPLES
        assert file["ip"].dtype == np.float32
        for name in ("conv1", "ip"):
            assert np.allclose(file[name], expected[name], rtol=1e-5, atol=1e-6)


def test_features_as_caffes_tool_writes_them(folder, tmp_path, capsys):
    pytest.importorskip("lmdb", reason="writing an LMDB needs lmdb")
    outputs = f"{tmp_path / 'conv1_db'},{tmp_path / 'ip_db'}"
    words = [folder / "small_iter_6.caffemodel", folder / "net.prototxt", "conv1,ip", outputs, 3, "lmdb", "CPU"]
    assert caffe("extract_features", *words) == 0
    with h5py.File(folder / "expected.h5") as expected:
        for name, shape in (("conv1", (4, 4, 3)), ("ip", (3, 1, 1))):
            records = list(Reader(tmp_path / f"{name}_db"))
            assert [bytes(key) for key, _ in records] == [b"%010d" % k for k in range(SAMPLES)]
            found = np.stack([read_datum(value, name).pixels for _, value in records])
            assert found.shape[1:] == shape
            assert np.allclose(found, expected[name][()].reshape(found.shape), rtol=1e-5, atol=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conv1_db", "ip_db"]


def test_a_database_of_features_is_never_replaced(folder, tmp_path, capsys):
    pytest.importorskip("lmdb", reason="writing an LMDB needs lmdb")
    (tmp_path / "ip_db").mkdir()
    (tmp_path / "ip_db" / "data.mdb").touch()
    words = [folder / "small_iter_6.caffemodel", folder / "net.prototxt", "ip", tmp_path / "ip_db", 1, "lmdb"]
    assert caffe("extract", *words) == 1
    assert "holds a database already; delete it" in capsys.readouterr().err


def test_a_net_without_a_loss_has_no_backward_to_time(tmp_path, capsys):
    assert caffe("time", prototxt(tmp_path), "--iterations", 1) == 0
    assert capsys.readouterr().out.startswith("note: the net has no loss, so nothing goes backward; ")


def test_timing_without_the_data(folder, capsys):
    shapes = ["--shape", "data=5x2x6x5", "--shape", "label=5"]
    assert caffe("time", folder / "net.prototxt", *shapes, "--iterations", 1) == 0
    said = capsys.readouterr().out
    assert "note:" not in said
    assert "loss\tbackward: " in said


def test_a_blob_that_is_not_there(folder, capsys):
    model = folder / "small_iter_6.caffemodel"
    assert caffe("extract", model, folder / "net.prototxt", "conv2", folder / "none.h5", 3) == 1
    assert "the net has no blob 'conv2'; did you mean 'conv1'?" in capsys.readouterr().err
    assert not (folder / "none.h5").exists()


def test_a_net_without_data(folder, tmp_path, capsys):
    text = """layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 2 dim: 3 dim: 3 } } }
    layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }"""
    (tmp_path / "deploy.prototxt").write_text(text)
    model = folder / "small_iter_6.caffemodel"
    assert caffe("extract", model, tmp_path / "deploy.prototxt", "relu", tmp_path / "none.h5", 1) == 1
    assert "nothing fills the input data; name a prototxt with its data" in capsys.readouterr().err
