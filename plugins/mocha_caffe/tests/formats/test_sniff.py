"""What a file is, whatever it is called."""

from __future__ import annotations

import io
import tarfile
import zipfile

import numpy as np
import pytest

from mocha_caffe.formats import CaffeFileError, Kind, Message, make_blob, read_net, require, sniff, write_wire
from mocha_caffe.formats.sniff import sniff_bytes
from mocha_core.errors import MissingFileError

from .samples import V0_TEXT, V1_TEXT, V2_TEXT, old_weights, weights

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 243862414\n"
ONNX = b"\x08\x07\x12\x07pytorch\x1a\x031.9\x3a\x04\x12\x02ab\x42\x02\x10\x0d"


def archive() -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("a", "b")
        return file.getvalue()


def tar() -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w") as packed:
            packed.addfile(tarfile.TarInfo("a"))
        return file.getvalue()


def state() -> Message:
    return Message(
        "SolverState", iter=500, learned_net="lenet.caffemodel", history=[make_blob(np.ones(3))], current_step=2
    )


CASES = [
    (b"", Kind.EMPTY),
    (LFS, Kind.LFS),
    (b"\n<!DOCTYPE html><html><body>404</body></html>", Kind.HTML),
    (b'<?xml version="1.0"?><html xmlns="x"></html>', Kind.HTML),
    (b'<?xml version="1.0"?><net name="x"></net>', Kind.XML),
    (b'{"message": "Not Found"}', Kind.JSON),
    (b"\x89HDF\r\n\x1a\n" + b"\0" * 50, Kind.HDF5),
    (b"\0" * 512 + b"\x89HDF\r\n\x1a\n" + b"\0" * 50, Kind.HDF5),
    (archive(), Kind.ARCHIVE),
    (tar(), Kind.ARCHIVE),
    (b"\x1f\x8b\x08\0\0\0\0\0", Kind.ARCHIVE),
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9", Kind.PICKLE),
    (b"\x93NUMPY\x01\0", Kind.NUMPY),
    (b'\x0f\0\0\0\0\0\0\0{"__metadata__":{}}', Kind.SAFETENSORS),
    (ONNX, Kind.ONNX),
    (write_wire(weights()), Kind.NET),
    (write_wire(old_weights()), Kind.NET),
    (write_wire(state()), Kind.SOLVER_STATE),
    (write_wire(make_blob(np.zeros((1, 3, 4, 4)), legacy=True)), Kind.BLOB),
    (write_wire(make_blob(np.zeros((1, 3, 4, 4), "f4"))), Kind.BLOB),
    (write_wire(Message("Datum", channels=1, height=2, width=2, data=b"abcd", label=3)), Kind.DATUM),
    (V2_TEXT.encode(), Kind.NET_TEXT),
    (V1_TEXT.encode(), Kind.NET_TEXT),
    (V0_TEXT.encode(), Kind.NET_TEXT),
    (b"# net: x\nlayer { type: 'Input' }", Kind.NET_TEXT),
    (b'net: "train.prototxt"\nbase_lr: 0.01', Kind.SOLVER_TEXT),
    (b"net_param { layer { bottom: 'a' } } max_iter: 10", Kind.SOLVER_TEXT),
    (b"Hello, world", Kind.TEXT),
    (bytes(range(256)) * 4, Kind.OTHER),
    (b"\xde\xad\xbe\xef" * 100, Kind.OTHER),
]


@pytest.mark.parametrize(("data", "kind"), CASES)
def test_kinds(data, kind, tmp_path):
    path = tmp_path / "a.caffemodel"
    path.write_bytes(data)
    assert sniff(path) is kind


def test_a_net_that_is_longer_than_the_look():
    net = write_wire(
        Message("NetParameter", name="n", layer=[Message("LayerParameter", blobs=[make_blob(np.zeros(100_000))])])
    )
    assert sniff_bytes(net[:65536], len(net)) is Kind.NET


def test_folders(tmp_path):
    assert sniff(tmp_path) is Kind.FOLDER
    (tmp_path / "CURRENT").touch()
    assert sniff(tmp_path) is Kind.LEVELDB
    (tmp_path / "data.mdb").write_bytes(b"\0" * 16 + b"\xde\xc0\xef\xbe")
    assert sniff(tmp_path) is Kind.LMDB
    assert sniff(tmp_path / "data.mdb") is Kind.LMDB_FILE


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (LFS, "is a git-LFS pointer, where a prototxt of a net or a .caffemodel is wanted; .* run `git lfs pull`"),
        (b"<html></html>", "is an HTML page.* download again"),
        (b"", "is an empty file.* get it again"),
        (archive(), "is an archive.* unpack it first"),
        (write_wire(state()), "is a .solverstate.*weights are in the .caffemodel"),
        (b"net: 'a.prototxt' base_lr: 1", "is a prototxt of a solver.*the net is the file it names"),
    ],
)
def test_the_error_says_what_it_is_and_what_to_do(data, advice, tmp_path):
    (tmp_path / "a.caffemodel").write_bytes(data)
    with pytest.raises(CaffeFileError, match=rf"a\.caffemodel {advice}"):
        read_net(tmp_path / "a.caffemodel")


def test_a_missing_file(tmp_path):
    with pytest.raises(MissingFileError, match="there is no file"):
        require(tmp_path / "a.caffemodel", Kind.NET)
