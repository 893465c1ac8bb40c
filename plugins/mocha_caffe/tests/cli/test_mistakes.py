"""Wrong files and words: each is one sentence that says what to do, with status 1 or 2, and nothing is written."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import h5py
import pytest

from mocha_caffe.cli import common
from mocha_core.cli.main import main

from ..solving.small import solver_text, write
from ..weights.models import prototxt, weights

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 4943632\n"
PAGE = b"<!DOCTYPE html><html><head><title>Not Found</title></head></html>"
FILES = {
    "lfs": (LFS, "is a git-LFS pointer, where .* run `git lfs pull`"),
    "page": (PAGE, "is an HTML page, where .* download again"),
    "empty": (b"", "is an empty file, where .*; get it again"),
    "archive": (b"PK\x03\x04" + bytes(99), "is an archive, where .*; unpack it first"),
    "noise": (bytes(range(256)) * 9, "is no file of Caffe's, where .*; it is damaged, or of another program"),
    "image": (b"\xff\xd8\xff" + bytes(99), "is an image, where .*; look at the order of the files"),
    "prose": (b"how to use this model\n", "is a text file, where .*; it has no field of a net or a solver"),
    "template": (b'layer { type: "ReLU" relu_param { negative_slope: $SLOPE } }', "is a variable of a template"),
    "open": (b"layer { name: 'a' type: 'ReLU'", "found the end of the file"),
    "solver": (b'net: "n.prototxt"\nbase_lr: 0.1\nmax_iter: 3\n', "is a prototxt of a solver, where"),
}  # fmt: skip
"""What is in a file that should hold a net, and what is said of it."""
NETS = (
    "inspect {}",
    "to-python {}",
    "test {} --weights {w}",
    "time {}",
    "extract {w} {} ip o.h5 1",
    "classify {} {w} i",
)
WEIGHTS = (
    "inspect {n} {}", "to-python {n} {} -o net.py", "time {n} --weights {}", "extract {} {n} ip o.h5 1",
    "classify {n} {} i",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working directory, with a net and its weights."""
    monkeypatch.chdir(tmp_path)
    prototxt(tmp_path)
    weights(tmp_path / "w.caffemodel")
    (tmp_path / "folder").mkdir()
    return tmp_path


def caffe(words: str, file: str = "") -> list[str]:
    return ["caffe", *(word.format(file, n="net.prototxt", w="w.caffemodel") for word in words.split())]


def refusal(capsys: pytest.CaptureFixture[str], words: list[str]) -> str:
    """What a command says that must fail."""
    before = sorted(Path().rglob("*"))
    try:
        status = main(words)
    except SystemExit as error:
        status = error.code
    said = capsys.readouterr()
    assert status in (1, 2)
    assert said.err.startswith("mocha")
    assert "Traceback" not in said.err
    assert sorted(Path().rglob("*")) == before
    return said.err


@pytest.mark.parametrize("words", NETS)
@pytest.mark.parametrize("name", FILES)
def test_what_should_be_a_net(name, words, folder, capsys):
    content, fault = FILES[name]
    (folder / name).write_bytes(content)
    said = refusal(capsys, caffe(words, name))
    assert re.search(fault, said, re.DOTALL), said


@pytest.mark.parametrize("words", WEIGHTS)
@pytest.mark.parametrize("name", [name for name in FILES if name != "template"])
def test_what_should_be_weights(name, words, folder, capsys):
    content, fault = FILES[name]
    (folder / name).write_bytes(content)
    said = refusal(capsys, caffe(words, name))
    assert re.search(fault, said, re.DOTALL), said


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("gone", "there is no file 'gone'; correct the path"),
        ("folder", "folder is a folder, where a prototxt of a net or a .caffemodel is wanted; name a file in it"),
    ],
)
@pytest.mark.parametrize("words", [*NETS, *WEIGHTS])
def test_what_is_no_file(words, file, fault, folder, capsys):
    assert fault in refusal(capsys, caffe(words, file))


@pytest.mark.parametrize("words", WEIGHTS[1:])
def test_a_truncated_model(words, folder, capsys):
    whole = (folder / "w.caffemodel").read_bytes()
    (folder / "cut").write_bytes(whole[: len(whole) // 2])
    assert "the file is truncated; get it again" in refusal(capsys, caffe(words, "cut"))


@pytest.mark.parametrize("words", WEIGHTS[1:])
def test_another_nets_model(words, folder, capsys):
    weights(folder / "other", {"stem": [(3, 2)]})
    assert "if it belongs to another net, name the one that goes with this" in refusal(capsys, caffe(words, "other"))


@pytest.mark.parametrize("words", WEIGHTS[1:])
def test_a_prototxt_or_data_instead_of_weights(words, folder, capsys):
    assert "net.prototxt holds no weights; name the .caffemodel" in refusal(capsys, caffe(words, "net.prototxt"))
    with h5py.File("data.h5", "w") as file:
        file["label"] = [1.0]
    assert "data.h5 holds no parameters, but: label" in refusal(capsys, caffe(words, "data.h5"))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (LFS, "is a git-LFS pointer, where a .solverstate"),
        (PAGE, "is an HTML page, where a .solverstate"),
        (None, "is a .caffemodel, where a .solverstate"),
    ],
)
def test_what_should_be_a_state(content, fault, folder, capsys):
    solver = write(folder, solver_text(""))
    weights(folder / "state") if content is None else (folder / "state").write_bytes(content)
    assert fault in refusal(capsys, ["caffe", "train", str(solver), "--backend", "cpu", "--snapshot", "state"])


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("", "arguments are required: COMMAND"),
        ("wibble", "invalid choice: 'wibble'"),
        ("train", "the solver is missing: mocha caffe train solver.prototxt"),
        ("train s.prototxt --wibble", "mocha caffe train: error: unrecognized arguments: --wibble; `mocha caffe train"),
        ("time {n} --iterations many", "many is no whole number"),
        ("inspect {n} --shape data=1xA", "data=1xA is no BLOB=SIZExSIZE"),
        ("inspect {n} --shape dat=1x3x5x4", "did you mean 'data'?"),
        ("inspect {n} --import gone.py", "--import gone.py: there is no such file"),
        ("inspect {n} --import gone", "--import gone: ModuleNotFoundError: No module named 'gone'"),
        ("upgrade {n} folder", "folder is a folder; name a file in it"),
        ("upgrade {n} w.caffemodel/new", "w.caffemodel exists already; choose another name"),
        ("to-python {n} -o folder", "folder is a folder; name a file in it"),
        ("extract {w} {n} , o.h5 1", "extract takes the names of blobs, such as fc6,fc7, and one file for all"),
        ("extract {w} {n} ip,conv1 o 1 lmdb", "and a folder for each of them"),
        ("convert-imageset folder o", "folder is a folder; name a list"),
        ("convert-imageset gone o", "there is no list 'gone'; it has a path, a space and a label on each line"),
        ("mean gone", "there is no database 'gone'"),
        ("device_query", "instead of device_query there is `mocha doctor`"),
        ("device_query -gpu 0", "instead of device_query there is `mocha doctor`"),
    ],
)
def test_words(words, fault, folder, capsys):
    assert fault in refusal(capsys, caffe(words))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "list lists no images; write a path, a space and a label on each line"),
        (b"\xff\xd8\xff\x00\x10JFIF \x00\x01\n", "list is no text; name a list"),
        (b"a.png\n", "list, line 1: 'a.png' is no path, space and label"),
    ],
)
def test_lists_of_images(content, fault, folder, capsys):
    (folder / "list").write_bytes(content)
    assert fault in refusal(capsys, ["caffe", "convert-imageset", "list", "out.h5"])


@pytest.mark.parametrize(
    ("file", "fault"), [("gone.jpg", "correct the path"), ("folder", "it is a folder; name the i")]
)
def test_what_should_be_an_image(file, fault, folder, capsys):
    pytest.importorskip("PIL", reason="images need Pillow")
    words = ["caffe", "classify", "net.prototxt", "w.caffemodel", file, "--backend", "cpu"]
    assert f"there is no image '{file}'; {fault}" in refusal(capsys, words)


@pytest.mark.parametrize(
    ("package", "words", "fault"),
    [
        ("PIL", "classify {n} {w} a.jpg --backend cpu", "needs Pillow: pip install"),
        ("PIL", "convert-imageset list o.h5", "need Pillow: pip install"),
        ("lmdb", "convert-imageset list o", "needs the package lmdb: pip install 'mocha-caffe[lmdb]'"),
    ],
)
def test_packages_that_are_not_there(package, words, fault, folder, monkeypatch, capsys):
    (folder / "list").write_text("a.jpg 0\n")
    (folder / "a.jpg").write_bytes(b"")
    monkeypatch.setitem(sys.modules, package, None)
    assert fault in refusal(capsys, caffe(words))


def test_a_model_that_may_not_be_read(folder, monkeypatch, capsys):
    def refuse(self: Path, *args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied", os.fspath(self))

    monkeypatch.setattr(Path, "open", refuse)
    said = refusal(capsys, caffe("inspect {n} {w}"))
    assert said == "mocha: no permission for net.prototxt; choose another place, or ask its owner\n"


def test_a_module_with_a_mistake_is_told_with_its_line(folder, capsys):
    (folder / "mine.py").write_text("import mocha_caffe\n\nmocha_caffe.lair('Warp')\n")
    said = refusal(capsys, caffe("inspect {n} --import mine.py"))
    assert "--import mine.py: AttributeError: module 'mocha_caffe' has no attribute 'lair' (line 3)" in said


def test_modules_come_from_the_working_directory_too(folder, capsys):
    (folder / "my_layers_here.py").write_text("SEEN = True\n")
    assert main(caffe("inspect {n} --import my_layers_here")) == 0
    assert sys.modules.pop("my_layers_here").SEEN
    assert common.importing.sys.path[0] != ""


def test_a_database_in_the_way(folder, capsys):
    pytest.importorskip("PIL", reason="images need Pillow")
    pytest.importorskip("lmdb", reason="writing an LMDB needs lmdb")
    (folder / "db").mkdir()
    (folder / "db" / "data.mdb").touch()
    (folder / "list").write_text("a.jpg 0\n")
    said = refusal(capsys, ["caffe", "convert-imageset", "list", "db"])
    assert "db holds a database already; delete it, or choose another name" in said
