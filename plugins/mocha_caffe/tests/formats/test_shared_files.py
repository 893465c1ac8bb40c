"""Real models and the real Caffe's files."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from mocha_caffe.formats import (
    Kind,
    blob_array,
    describe_unknown,
    open_wire,
    parse_text,
    parse_wire,
    read_all,
    read_blob,
    read_net,
    read_solver,
    read_text,
    sniff,
    unknown_fields,
    write_text,
    write_wire,
)

FOLDERS = ("data/caffe", "oracles/caffe")


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (shared / folder).rglob("*") if path.is_file())


def test_every_prototxt_goes_to_text_and_binary_and_back(files):
    texts = [path for path in files if path.suffix == ".prototxt"]
    assert len(texts) > 25
    for path in texts:
        kind = "SolverParameter" if sniff(path) is Kind.SOLVER_TEXT else "NetParameter"
        message = read_text(path, kind)
        assert describe_unknown(message) == []
        assert parse_text(write_text(message), kind) == message
        assert parse_wire(write_wire(message), kind) == message


def test_every_model_comes_back_byte_by_byte(files):
    models = [path for path in files if path.suffix == ".caffemodel"]
    assert len(models) > 12
    for path in models:
        message = read_all(open_wire(path))
        written = write_wire(message)
        assert parse_wire(written) == message
        assert len(written) == path.stat().st_size
        assert written == path.read_bytes() or "squeezenet" in path.name  # whose fields are in another order


def test_every_blob_of_every_model_has_its_numbers(files):
    for path in files:
        if path.suffix == ".caffemodel":
            for layer in read_net(path).net.layer:
                assert all(np.isfinite(blob_array(blob)).all() for blob in layer.blobs)


def test_kinds_by_content(files):
    expected = {
        ".caffemodel": {Kind.NET},
        ".h5": {Kind.HDF5},
        ".binaryproto": {Kind.BLOB},
        ".prototxt": {Kind.NET_TEXT, Kind.SOLVER_TEXT},
        ".mdb": {Kind.LMDB_FILE},
        ".npz": {Kind.ARCHIVE},
        ".npy": {Kind.NUMPY},
        ".txt": {Kind.TEXT},
    }
    for path in files:
        assert sniff(path) in expected.get(path.suffix, set(Kind)), path


def test_the_upgrade_is_caffes_own(shared):
    folder = shared / "oracles/caffe/legacy"
    upgraded = read_net(folder / "lenet_v1.prototxt")
    assert write_text(upgraded.net) == (folder / "lenet_v1_upgraded.prototxt").read_text()
    assert upgraded.notes == ()


def test_the_mean_image_is_the_one_that_caffe_gives(shared):
    folder = shared / "oracles/caffe/lmdb"
    mean = read_blob(folder / "imgs_mean.binaryproto")
    np.testing.assert_array_equal(
        mean.reshape(mean.shape[1:]), np.load(folder / "imgs_mean.npy").reshape(mean.shape[1:])
    )


def test_a_detectors_parameters_in_its_weights_equal_those_of_its_prototxt(shared):
    folder = shared / "data/caffe/wechat_qrcode"
    text, binary = (read_net(folder / name).net for name in ("detect.prototxt", "detect.caffemodel"))
    for kind in ("prior_box_param", "permute_param", "detection_output_param"):
        found = [{layer.name: getattr(layer, kind) for layer in net.layer if kind in layer} for net in (text, binary)]
        assert found[0].keys() == found[1].keys() != set()
    assert found[0] == found[1]


def test_nvidias_fields_are_read_as_such(shared):
    net = read_net(shared / "data/caffe/yufacedetectnet/yufacedetectnet-open-v1.caffemodel").net
    assert {layer.forward_type for layer in net.layer if "forward_type" in layer} == {"FLOAT"}
    assert [(inside.message_type.name, field.name) for inside, field in unknown_fields(net)] == [
        ("TransformationParameter", name) for name in ("208", "210", "213")
    ]


def test_solvers_keep_single_precision(shared):
    solver = read_solver(shared / "oracles/caffe/lenet/solver.prototxt")
    assert solver.base_lr == float(np.float32(0.01))


def test_models_open_within_milliseconds(files):
    largest = max((path for path in files if path.suffix == ".caffemodel"), key=lambda path: path.stat().st_size)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        open_wire(largest)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05
