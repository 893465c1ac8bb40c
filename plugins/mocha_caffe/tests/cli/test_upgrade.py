"""`mocha caffe upgrade`."""

from __future__ import annotations

from mocha_caffe.formats import read_net, read_solver, sniff
from mocha_caffe.formats.sniff import Kind
from mocha_core.cli.main import main


def upgrade(old, new) -> int:
    return main(["caffe", "upgrade", str(old), str(new)])


def test_text_as_caffe_itself_does_it(tmp_path, shared):
    folder = shared / "oracles" / "caffe" / "legacy"
    assert upgrade(folder / "lenet_v1.prototxt", tmp_path / "new.prototxt") == 0
    assert read_net(tmp_path / "new.prototxt").net == read_net(folder / "lenet_v1_upgraded.prototxt").net
    assert "layers" not in (tmp_path / "new.prototxt").read_text()


def test_binary_stays_binary(tmp_path, shared):
    old = shared / "oracles" / "caffe" / "legacy" / "lenet_v1.caffemodel"
    assert upgrade(old, tmp_path / "new.caffemodel") == 0
    assert sniff(tmp_path / "new.caffemodel") is Kind.NET
    assert read_net(tmp_path / "new.caffemodel").net == read_net(old).net


def test_a_solver(tmp_path):
    (tmp_path / "old.prototxt").write_text('net: "n.prototxt"\nbase_lr: 0.01\nmax_iter: 3\nsolver_type: ADAM\n')
    assert upgrade(tmp_path / "old.prototxt", tmp_path / "new.prototxt") == 0
    assert read_solver(tmp_path / "new.prototxt").type == "Adam"


def test_what_is_no_net_is_one_line_of_error(tmp_path, capsys):
    (tmp_path / "old.prototxt").write_text("<html>")
    assert upgrade(tmp_path / "old.prototxt", tmp_path / "new.prototxt") == 1
    assert capsys.readouterr().err.startswith("mocha: ")
    assert not (tmp_path / "new.prototxt").exists()
