"""Files made to eat time or memory end in one error, soon."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import CaffeFileError, parse_text, parse_wire, read_all, read_text
from mocha_caffe.formats.files import LONGEST_TEXT

TEXTS = {
    "deep blocks": ("layer { include { " * 100_000, "deeper than 100 levels"),
    "deep unknown blocks": ("a{" * 1_000_000, "deeper than 100 levels"),
    "deep lists": ("a: [" + "{a: [" * 100_000, "deeper than 100 levels"),
    "many layers": ("layer{}" * 200_000, "more than 500000 values"),
    "many numbers": ("input_dim: [" + "1," * 600_000, "more than 500000 values"),
    "a long number": ("input_dim: " + "1" * 10_000_000, "10000000 digits"),
    "a long name": ("x" * 10_000_000, "10000000 letters"),
    "a long open string": ('name: "' + "x" * 10_000_000, "not closed"),
    "many escapes": ('name: "' + r"\\" * 1_000_000, "not closed"),
    "many strings": ("name: " + '"" ' * 1_000_000 + "}", "name of a field"),
    "many comments": ("#\n" * 5_000_000 + "}", "name of a field"),
    "many signs": ("input_dim: " + "-" * 1_000_000, "whole number"),
}
WIRES = {
    "many layers": (b"\xa2\x06\x00" * 1_000_000, "NetParameter", "more than 1000000 values"),
    "many unknown fields": (b"\xf8\x3f\x00" * 2_000_000, "NetParameter", "more than 1000000 values"),
    "many sides": (b"\x0a\x80\x80\x80\x01" + b"\x01" * (2 << 20), "BlobShape", "more than 1000000 values"),
    "deep groups": (b"\x1b" * 2_000_000, "BlobShape", "more than 1000000 values"),
    "numbers that change their key": (
        (b"\x2d" + b"\0" * 4 + b"\x35" + b"\0" * 4) * 1_000_000,
        "BlobProto",
        "more than",
    ),
    "a blob of terabytes": (b"\x2a\xff\xff\xff\xff\xff\x7f", "BlobProto", "truncated"),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_text(text, expected):
    with pytest.raises(CaffeFileError, match=expected) as caught:
        parse_text(text)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(("data", "kind", "expected"), WIRES.values(), ids=WIRES)
def test_wire(data, kind, expected):
    with pytest.raises(CaffeFileError, match=expected):
        read_all(parse_wire(data, kind))


def test_a_prototxt_of_gigabytes_is_not_read(tmp_path):
    path = tmp_path / "net.prototxt"
    with path.open("wb") as file:
        file.write(b"layer { }\n" * 10_000)
        file.truncate(LONGEST_TEXT + 1)
    with pytest.raises(CaffeFileError, match="no prototxt is longer than 64 MB"):
        read_text(path)
