"""The binary format, in all its legal forms."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from mocha_caffe.formats import Message, parse_wire, read_all, write_wire


def floats(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}f", *numbers)


def loose(*numbers: float, key: bytes = b"\x2d") -> bytes:
    """Each number with its own key."""
    return b"".join(key + floats(number) for number in numbers)


@pytest.mark.parametrize(
    "data",
    [
        b"\x2a\x0c" + floats(1, 2, 3),
        loose(1, 2, 3),
        b"\x2a\x04" + floats(1) + b"\x2a\x08" + floats(2, 3),
        loose(1) + b"\x2a\x08" + floats(2, 3),
        loose(1, 2) + b"\xf8\x3f\x05" + b"\x2a\x00" + loose(3),
        b"\x2a\x0c" + floats(1, 2, 3) + b"\x2a\x00",
    ],
)
def test_numbers_packed_loose_and_in_pieces(data):
    np.testing.assert_array_equal(parse_wire(data, "BlobProto").data, [1, 2, 3])


def test_long_runs_of_loose_numbers_end_where_another_field_begins():
    data = loose(*range(1000)) + loose(*range(300), key=b"\x35") + loose(*range(5))
    blob = parse_wire(data, "BlobProto")
    np.testing.assert_array_equal(blob.data, [*range(1000), *range(5)])
    np.testing.assert_array_equal(blob.diff, range(300))


def test_doubles_packed_and_loose():
    data = b"\x42\x08" + struct.pack("<d", 0.1) + b"\x41" + struct.pack("<d", 0.2)
    np.testing.assert_array_equal(parse_wire(data, "BlobProto").double_data, [0.1, 0.2])


@pytest.mark.parametrize("data", [b"\x0a\x02\x02\x03", b"\x08\x02\x08\x03", b"\x08\x02\x0a\x01\x03"])
def test_sides_packed_and_loose(data):
    assert parse_wire(data, "BlobShape").dim == [2, 3]


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("ConcatParameter", "axis", -1),
        ("SolverParameter", "random_seed", -(2**63)),
        ("ConvolutionParameter", "num_output", 2**32 - 1),
        ("LayerParameter", "phase", "TEST"),
        ("PoolingParameter", "pool", 9),
        ("PoolingParameter", "global_pooling", True),
        ("LayerParameter", "name", "Größe\udcff"),
        ("FillerParameter", "value", -np.inf),
    ],
)
def test_single_values_come_back(kind, field, value):
    assert getattr(parse_wire(write_wire(Message(kind, **{field: value})), kind), field) == value


def test_a_negative_number_takes_ten_bytes_and_may_be_shortened_to_five():
    assert write_wire(Message("ConcatParameter", axis=-1)) == b"\x10" + b"\xff" * 9 + b"\x01"
    assert parse_wire(b"\x10\xff\xff\xff\xff\x0f", "ConcatParameter").axis == -1


def test_a_single_message_in_pieces_is_merged_and_the_last_value_wins():
    data = b"\x3a\x04\x0a\x02\x02\x03\x08\x01\x3a\x03\x0a\x01\x04\x08\x07"
    blob = parse_wire(data, "BlobProto")
    assert (blob.shape.dim, blob.num) == ([2, 3, 4], 7)


def test_unknown_fields_and_groups_are_kept_and_written_back():
    data = b"\x08\x02" + b"\xf8\x3f\x05" + b"\x1b\x08\x01\x23\x24\x1c" + b"\x0d\x01\x02\x03\x04"
    shape = parse_wire(data, "BlobShape")
    assert [(unknown.name, len(unknown.value)) for unknown in shape.unknown] == [("1023", 3), ("3", 6), ("1", 5)]
    assert parse_wire(write_wire(shape), "BlobShape") == shape


def test_arrays_share_the_memory_of_the_file():
    for data in (write_wire(Message("BlobProto", data=np.arange(1000))), loose(*range(1000))):
        assert np.shares_memory(parse_wire(data, "BlobProto").data, np.frombuffer(data, "u1"))


def test_arrays_cannot_be_written_into():
    assert not parse_wire(loose(1, 2), "BlobProto").data.flags.writeable


def test_nested_messages_are_read_when_they_are_asked_for():
    data = write_wire(Message("BlobProtoVector", blobs=[Message("BlobProto", num=1)] * 3))
    damaged = data[:-1] + b"\x80"
    vector = parse_wire(damaged, "BlobProtoVector")
    assert vector.blobs[0].num == 1
    with pytest.raises(Exception, match="byte 11"):
        read_all(vector)


def test_a_forks_layer_is_read_by_its_type_wherever_the_type_stands():
    early = Message("LayerParameter", type="Permute")
    parameter = b"\xa2\x09\x04\x08\x00\x08\x02"
    for data in (write_wire(early) + parameter, parameter + write_wire(early)):
        assert parse_wire(data, "LayerParameter").permute_param.order == [0, 2]
    swapped = parse_wire(write_wire(Message("LayerParameter", type="Clip")) + parameter, "LayerParameter")
    assert "permute_param" not in swapped
