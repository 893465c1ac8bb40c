"""A fault in a binary file is one error with the byte."""

from __future__ import annotations

import contextlib

import pytest

from mocha_caffe.formats import WireError, open_wire, parse_wire, read_all, write_wire
from mocha_core.errors import MissingFileError

from .samples import weights

FAULTS = [
    (b"\x0a", "BlobShape", 1, "past the end"),
    (b"\x80", "BlobShape", 0, "past the end"),
    (b"\xff" * 11, "BlobShape", 0, "more than 10 bytes"),
    (b"\x0a\x05\x01", "BlobShape", 0, "says it has 5 bytes, but only 1 follow: the file is truncated; get it again"),
    (b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "BlobShape", 0, "only 0 follow"),
    (b"\x00\x01", "BlobShape", 0, "a field of number 0"),
    (b"\x0e\x01", "BlobShape", 0, "wire type 6"),
    (b"\x0c", "BlobShape", 0, "wire type 4"),
    (b"\x0b\x08\x01", "BlobShape", 0, "a group without an end"),
    (b"\x2a\x03abc", "BlobProto", 0, "data has 3 bytes, which is no whole number of floats"),
    (b"\x2d\x00", "BlobProto", 0, "truncated"),
    (b"\x3a\x02\x08\x80", "BlobProto", 3, "past the end"),
    (b"\x3a\x03\x0a\x02\x01\x10\x01", "BlobProto", 2, "the file is corrupt"),
]


@pytest.mark.parametrize(("data", "kind", "byte", "expected"), FAULTS)
def test_the_byte_and_the_reason(data, kind, byte, expected):
    with pytest.raises(WireError, match=expected) as caught:
        read_all(parse_wire(data, kind, name="net.caffemodel"))
    assert str(caught.value).startswith(f"net.caffemodel, byte {byte}: ")


def test_every_truncation_is_noticed_or_leaves_whole_fields():
    whole = write_wire(weights())
    complete = 0
    for size in range(len(whole)):
        with contextlib.suppress(WireError):
            read_all(parse_wire(whole[:size]))
            complete += 1
    assert complete == 3  # nothing, the name, the name and one layer


def test_an_empty_file(tmp_path):
    (tmp_path / "a.caffemodel").touch()
    with pytest.raises(WireError, match=r"a\.caffemodel is empty"):
        open_wire(tmp_path / "a.caffemodel")


def test_no_file(tmp_path):
    with pytest.raises(MissingFileError, match="there is no file"):
        open_wire(tmp_path / "a.caffemodel")
