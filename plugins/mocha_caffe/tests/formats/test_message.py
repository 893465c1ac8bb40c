"""Messages in memory."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import Message
from mocha_core.errors import OptionError


def test_absent_fields_read_as_their_defaults():
    layer = Message("LayerParameter")
    assert (layer.name, layer.phase, tuple(layer.bottom), layer.pooling_param.stride) == ("", "TRAIN", (), 1)
    assert list(layer) == []
    assert "pooling_param" not in layer


def test_floats_are_rounded_as_caffe_rounds_them():
    assert Message("SolverParameter", base_lr=0.01).base_lr == float(np.float32(0.01))
    assert Message("FillerParameter", max=1e40).max == np.inf


def test_iteration_goes_by_field_number():
    layer = Message("LayerParameter", phase="TEST", top=["b"], name="a")
    assert [name for name, _ in layer] == ["name", "top", "phase"]


def test_equality_compares_fields_and_arrays():
    def blob(*numbers: float) -> Message:
        return Message("BlobProto", data=numbers)

    assert blob(1, np.nan) == blob(1, np.nan)
    assert blob(1) != blob(2)
    assert Message("BlobProto", num=0) != Message("BlobProto")
    assert blob(1) != Message("BlobShape")


def test_none_takes_a_field_away():
    layer = Message("LayerParameter", name="a")
    layer.name = None
    assert "name" not in layer


def test_a_copy_is_independent():
    layer = Message("LayerParameter", bottom=["a"])
    same = layer.copy()
    same.append("bottom", "b")
    assert (layer.bottom, same.bottom) == (["a"], ["a", "b"])


def test_make_gives_the_same_single_message_twice_and_a_new_repeated_one():
    layer = Message("LayerParameter")
    assert layer.make("pooling_param") is layer.make("pooling_param")
    assert layer.make("param") is not layer.make("param")
    assert len(layer.param) == 2


def test_the_default_of_an_absent_message_cannot_be_changed_by_mistake():
    with pytest.raises(OptionError, match=r"make\(\) one"):
        Message("LayerParameter").pooling_param.stride = 2


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("LayerParameter", {"nmae": "a"}, "did you mean 'name'"),
        ("ConvolutionParameter", {"num_output": -1}, "whole number from 0 to 4294967295"),
        ("ConvolutionParameter", {"num_output": 1.5}, "whole number"),
        ("ConvolutionParameter", {"num_output": True}, "whole number"),
        ("ConvolutionParameter", {"bias_term": 1}, "true or false"),
        ("ConvolutionParameter", {"pad": 1}, "takes a list"),
        ("LayerParameter", {"bottom": "data"}, "takes a list"),
        ("LayerParameter", {"name": 3}, "a string"),
        ("LayerParameter", {"pooling_param": Message("BlobShape")}, "a PoolingParameter"),
        ("BlobProto", {"data": b"1234"}, "numbers, not bytes"),
    ],
)
def test_wrong_values_are_refused(kind, values, text):
    with pytest.raises(OptionError, match=text):
        Message(kind, **values)


def test_an_unknown_attribute_is_no_field():
    with pytest.raises(AttributeError, match="no field 'kernel'"):
        _ = Message("ConvolutionParameter").kernel


def test_it_prints_as_prototxt_and_keeps_long_arrays_short():
    blob = Message("BlobProto", data=np.zeros(1000), num=1)
    assert repr(blob) == "num: 1\n# data: 1000 of float"
