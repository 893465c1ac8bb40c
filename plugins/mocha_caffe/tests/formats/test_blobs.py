"""Shapes and numbers of blobs, in every form that they were ever stored in."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import (
    CaffeFileError,
    Message,
    blob_array,
    blob_gradient,
    blob_shape,
    fitted,
    make_blob,
    parse_wire,
    write_wire,
)
from mocha_core.errors import ShapeError


def raw(kind: str, numbers: np.ndarray) -> Message:
    """As NVIDIA's fork stores half precision."""
    blob = Message("BlobProto", raw_data_type=kind, raw_data=numbers.tobytes())
    blob.make("shape").dim = numbers.shape
    return blob


@pytest.mark.parametrize(
    "array", [np.arange(6, dtype="f4").reshape(2, 3), np.array(2.5, "f4"), np.zeros((0, 3), "f4"), np.array([0.1])]
)
def test_there_and_back(array):
    found = blob_array(parse_wire(write_wire(make_blob(array)), "BlobProto"))
    np.testing.assert_array_equal(found, array, strict=True)


def test_a_legacy_blob_has_four_sides():
    blob = make_blob(np.arange(3.0), legacy=True)
    assert blob_shape(blob) == (1, 1, 1, 3)
    assert "shape" not in blob


def test_presence_of_one_side_counts_and_the_shape_is_ignored_then():
    blob = make_blob(np.zeros((2, 3)))
    blob.width = 0
    assert blob_shape(blob) == (0, 0, 0, 0)


def test_doubles_go_before_floats():
    blob = Message("BlobProto", data=[1, 2, 3], double_data=[0.1])
    assert blob_array(_shaped(blob, 1)) == [0.1]


def test_a_blob_without_a_shape_is_a_single_number():
    assert blob_array(Message("BlobProto", data=[7])).shape == ()


def test_gradients():
    assert blob_gradient(make_blob(np.zeros(2))) is None
    np.testing.assert_array_equal(blob_gradient(_shaped(Message("BlobProto", data=[1, 2], diff=[3, 4]), 2)), [3, 4])


@pytest.mark.parametrize(("kind", "dtype"), [("FLOAT16", "<f2"), ("FLOAT", "<f4"), ("DOUBLE", "<f8")])
def test_raw_floats(kind, dtype):
    numbers = np.array([[1.5, -2]], dtype)
    data = write_wire(raw(kind, numbers))
    found = blob_array(parse_wire(data, "BlobProto"))
    np.testing.assert_array_equal(found, numbers, strict=True)
    assert np.shares_memory(found, np.frombuffer(data, "u1"))


@pytest.mark.parametrize("kind", ["INT", "UINT"])
def test_raw_integers_are_refused(kind):
    with pytest.raises(CaffeFileError, match=f"raw data of type {kind}: quantised"):
        blob_array(raw(kind, np.zeros(2, "i1")))


def test_raw_data_of_half_a_number():
    with pytest.raises(CaffeFileError, match="3 bytes of raw data"):
        blob_array(Message("BlobProto", raw_data_type="FLOAT16", raw_data=b"abc"))


@pytest.mark.parametrize(
    ("blob", "expected"),
    [
        (Message("BlobProto", data=[1, 2]), r"shape \(\) \(a single number\) wants 1 numbers, but 2 are stored"),
        (Message("BlobProto", num=2, channels=3, height=1, width=1), "shape 2x3x1x1 wants 6 numbers, but 0 are stored"),
        (Message("BlobProto", num=-1), "shape -1x0x0x0; no side may be negative"),
        (Message("BlobProto", shape=Message("BlobShape", dim=[2**40, 2**40])), "no memory holds so many"),
        (Message("BlobProto", shape=Message("BlobShape", dim=[0, 2**62, 2**62])), "no memory holds so many"),
        (Message("BlobProto", shape=Message("BlobShape", dim=[1] * 33)), "33 axes; Caffe allows 32"),
    ],
)
def test_faults(blob, expected):
    with pytest.raises(CaffeFileError, match=expected):
        blob_array(blob)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (1, 1, 1, 3)])
def test_a_legacy_blob_fits_with_leading_ones(shape):
    assert fitted(make_blob(np.zeros(3), legacy=True), shape).shape == shape


@pytest.mark.parametrize(
    ("blob", "shape"), [(make_blob(np.zeros((1, 3))), (3,)), (make_blob(np.zeros(3), legacy=True), (3, 1))]
)
def test_what_does_not_fit(blob, shape):
    with pytest.raises(ShapeError, match="but the layer wants"):
        fitted(blob, shape)


def test_the_error_names_the_place():
    net = Message("NetParameter", name="n")
    net.make("layer", name="a").append("blobs", Message("BlobProto", data=[1, 2]))
    found = parse_wire(write_wire(net), name="net.caffemodel").layer[0].blobs[0]
    with pytest.raises(CaffeFileError, match=r"the blob at net\.caffemodel, byte 11 has shape"):
        blob_array(found)


def _shaped(blob: Message, *shape: int) -> Message:
    blob.make("shape").dim = shape
    return blob
