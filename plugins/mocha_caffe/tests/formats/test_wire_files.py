"""Files of any size are mapped, not read; written ones are there whole or not at all."""

from __future__ import annotations

import tracemalloc

import numpy as np

from mocha_caffe.formats import Message, blob_array, make_blob, open_wire, parse_wire, read_all, save_wire, write_wire

from .samples import weights


def test_what_is_saved_opens_again(tmp_path):
    save_wire(weights(), tmp_path / "deep" / "net.caffemodel")
    assert open_wire(tmp_path / "deep" / "net.caffemodel") == weights()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["net.caffemodel"]


def test_the_place_of_a_message_is_its_byte(tmp_path):
    save_wire(weights(), tmp_path / "net.caffemodel")
    layer = open_wire(tmp_path / "net.caffemodel").layer[0]
    assert str(layer.place) == f"{tmp_path / 'net.caffemodel'}, byte 10"


def test_opening_a_large_model_allocates_next_to_nothing(tmp_path):
    net = Message("NetParameter")
    for index in range(4):
        net.make("layer", name=str(index)).append("blobs", make_blob(np.ones((1024, 4096), "f4")))
    save_wire(net, tmp_path / "net.caffemodel")
    tracemalloc.start()
    opened = read_all(open_wire(tmp_path / "net.caffemodel"))
    array = blob_array(opened.layer[3].blobs[0])
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 1 << 20
    assert array[1023, 4095] == 1


def test_more_than_two_gigabytes(tmp_path):
    """A file with a hole: its disk space is small, its blob is not."""
    path, count = tmp_path / "net.caffemodel", 600_000_000
    head = b"\x2a" + write_varint(4 * count)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + 4 * count - 4)
        file.seek(0, 2)
        file.write(np.array([7], "<f4").tobytes() + b"\x10\x05")
    blob = open_wire(path, "BlobProto")
    assert (blob.data.size, blob.data[0], blob.data[-1], blob.channels) == (count, 0, 7, 5)


def test_a_message_that_was_not_read_is_written_like_any_other():
    data = write_wire(weights())
    assert write_wire(parse_wire(data)) == data


def write_varint(number: int) -> bytes:
    """As a size stands in a file."""
    return write_wire(Message("BlobProto", num=number & 0x7FFFFFFF))[1:] if number < 2**31 else _long(number)


def _long(number: int) -> bytes:
    return write_wire(Message("SolverParameter", random_seed=number))[2:]
