"""`mocha caffe classify`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mocha_caffe.formats import Message, save_wire
from mocha_core.cli.main import main

LINE = re.compile(r'(\d\.\d{4}) - "(.*)"')


@pytest.fixture
def squeezenet(shared: Path):
    """Run the command on SqueezeNet; what it said."""
    pytest.importorskip("PIL")
    folder, images = shared / "data" / "caffe" / "squeezenet_v1.1", shared / "data" / "images"
    model = [folder / "deploy.prototxt", folder / "squeezenet_v1.1_fp16.caffemodel"]

    def run(*options: object, images: tuple[Path, ...] = (images / "cat.jpg",)) -> int:
        return main(["caffe", "classify", *map(str, (*model, *images, "--backend", "cpu", *options))])

    return run


@pytest.mark.parametrize("size", [(), ("--size", 256)])
@pytest.mark.parametrize("mean", ["104,117,123", "ilsvrc_2012_mean.binaryproto"])
def test_a_tabby_cat(squeezenet, shared, mean, size, capsys):
    given = shared / "data" / "imagenet_mean" / mean
    labels = shared / "data" / "images" / "synset_words.txt"
    assert squeezenet("--mean", given if given.exists() else mean, "--labels", labels, *size) == 0
    found = LINE.findall(capsys.readouterr().out)
    assert len(found) == 5
    assert found[0][1] == "n02123045 tabby, tabby cat"
    assert [float(score) for score, _ in found] == sorted((float(score) for score, _ in found), reverse=True)


def test_the_models_own_preprocessing(shared, capsys, caplog):
    pytest.importorskip("PIL")
    folder, labels = shared / "data" / "caffe" / "squeezenet_v1.1", shared / "data" / "images" / "synset_words.txt"
    model = [folder / "train_val.prototxt", folder / "squeezenet_v1.1_fp16.caffemodel"]
    words = [*model, shared / "data" / "images" / "cat.jpg", "--labels", labels, "--backend", "cpu"]
    results = []
    for options in (["--shape", "data=1x3x227x227"], ["--shape", "data=1x3x227x227", "--mean", "104,117,123"]):
        assert main(["caffe", "classify", *map(str, words), *options]) == 0
        results.append(LINE.findall(capsys.readouterr().out))
    assert results[0] == results[1]
    assert results[0][0][1] == "n02123045 tabby, tabby cat"
    assert "--mean" not in caplog.text


def test_without_a_mean_it_says_so(squeezenet, caplog):
    assert squeezenet("--top", 1) == 0
    assert "no --mean is given" in caplog.text


def test_several_images_without_labels(squeezenet, shared, capsys):
    images = tuple(shared / "data" / "images" / name for name in ("cat.jpg", "cat_gray.jpg"))
    assert squeezenet("--mean", "104,117,123", "--top", 1, images=images) == 0
    said = capsys.readouterr().out
    assert "cat_gray.jpg ----------" in said
    assert LINE.findall(said)[0][1] == "class 281"


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--mean", "gone.npy"), "gone.npy: there is no such file"),
        (("--labels", "gone.txt"), "gone.txt: there is no such file"),
        (("--size", "large"), "large is no HEIGHTxWIDTH"),
    ],
)
def test_mistakes(squeezenet, options, fault, capsys):
    try:
        status = squeezenet(*options)
    except SystemExit as error:
        status = error.code
    assert status
    assert fault in capsys.readouterr().err


def test_too_few_labels(squeezenet, tmp_path, capsys):
    (tmp_path / "labels.txt").write_text("one\n")
    assert squeezenet("--labels", tmp_path / "labels.txt") == 1
    assert "names 1 classes, and class" in capsys.readouterr().err


def test_a_net_that_reads_no_images(tmp_path, capsys):
    text = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 7 } } }'
    (tmp_path / "net.prototxt").write_text(text + 'layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }')
    net = Message("NetParameter", name="net")
    net.make("layer", name="relu", type="ReLU")
    save_wire(net, tmp_path / "w.caffemodel")
    files = [str(tmp_path / name) for name in ("net.prototxt", "w.caffemodel", "cat.jpg")]
    assert main(["caffe", "classify", *files, "--backend", "cpu"]) == 1
    assert "classify needs one input of images" in capsys.readouterr().err
