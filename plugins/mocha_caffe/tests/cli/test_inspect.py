"""`mocha caffe inspect`."""

from __future__ import annotations

import pytest

from mocha_core.cli.main import main

from ..weights.models import NET, SHAPES, prototxt, weights

WARP = 'layer { name: "warp1" type: "Warp" bottom: "ip" top: "warp1" }\n'
AFTER = 'layer { name: "after" type: "Power" bottom: "warp1" top: "after" }\n'
LAYERS = """
import mocha_caffe
from mocha_core import IdentityLayer

@mocha_caffe.layer("Warp")
def warp(layer):
    return layer.make(IdentityLayer)
"""


def inspect(*args: object) -> int:
    return main(["caffe", "inspect", *map(str, args)])


def test_layers_shapes_parameters_and_work(tmp_path, capsys):
    assert inspect(prototxt(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "Net 'small'" in said
    assert "conv1 2 x 4 x 3 x 2" in said
    assert "filter 4 x 3 x 3 x 3, bias 4" in said
    assert f"{4 * 27 + 4 + 2 * 24 + 2:,} parameters" in said
    assert "MFLOPs" in said


def test_other_sizes(tmp_path, capsys):
    assert inspect(prototxt(tmp_path), "--shape", "data=1x3x7x8") == 0
    assert "conv1 1 x 4 x 5 x 6" in capsys.readouterr().out


def test_weights_that_fit(tmp_path, capsys):
    assert inspect(prototxt(tmp_path), weights(tmp_path / "w.caffemodel")) == 0
    assert "weights for 2 layers" in capsys.readouterr().out


def test_extra_and_missing_weights(tmp_path, capsys):
    path = weights(tmp_path / "w.caffemodel", {"conv1": SHAPES["conv1"], "other": [(2,)]})
    assert inspect(prototxt(tmp_path), path) == 1
    said = capsys.readouterr().out
    assert "no weights, so initial values, for: ip" in said
    assert "weights that no layer of the net takes: other" in said


def test_weights_of_other_sizes(tmp_path, capsys):
    path = weights(tmp_path / "w.caffemodel", {**SHAPES, "ip": [(2, 25), (2,)]})
    assert inspect(prototxt(tmp_path), path) == 1
    assert "weight is 2 x 25, and it needs weight 2 x 24, bias 2" in capsys.readouterr().out


def test_unknown_layers_do_not_hide_the_others(tmp_path, capsys):
    assert inspect(prototxt(tmp_path, NET + WARP + AFTER)) == 1
    said = capsys.readouterr().out
    assert "ip 2 x 2" in said
    assert "1 layer of unknown types:" in said
    assert "Warp 'warp1' (ip -> warp1)" in said


def test_layers_of_ones_own(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(LAYERS)
    from mocha_caffe.translate import forget

    try:
        assert inspect(prototxt(tmp_path, NET + WARP + AFTER), "--import", tmp_path / "mine.py") == 0
    finally:
        forget("Warp")
    assert "after 2 x 2" in capsys.readouterr().out


def test_unknown_fields_are_noted(tmp_path, capsys):
    assert inspect(prototxt(tmp_path, NET.replace("kernel_size", "strde: 1 kernel_size"))) == 0
    assert "did you mean 'stride'?" in capsys.readouterr().out


@pytest.mark.parametrize("args", [["--import", "gone.py"], ["--shape", "data"]])
def test_wrong_options(tmp_path, args, capsys):
    try:
        status = inspect(prototxt(tmp_path), *args)
    except SystemExit as error:
        status = error.code
    assert status
    assert args[1] in capsys.readouterr().err


def test_how_images_are_prepared_and_a_licence_beside_the_model(tmp_path, capsys):
    data = 'layer { name: "data" type: "Data" top: "data" transform_param { scale: 0.5 mean_value: 3 } }\n'
    path = prototxt(tmp_path, NET.replace(NET.splitlines()[2] + "\n", data))
    (tmp_path / "LICENSE.txt").write_text("words")
    assert inspect(path, "--shape", "data=2x3x5x4") == 0
    said = capsys.readouterr().out
    assert "preprocessing: Preprocessing(colour='BGR', mean=(3.0,), scale=0.5)\n" in said
    assert "LICENSE.txt lies beside the model; mocha.load(..., licence=" in said
