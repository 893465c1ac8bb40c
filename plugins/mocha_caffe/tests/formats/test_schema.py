"""The tables are whole, and forks do not get in each other's way."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import Message
from mocha_caffe.formats.schema import message_type, message_types
from mocha_caffe.formats.schema.declarations import FIXED32, LENGTH, VARINT, WIRE_TYPES
from mocha_caffe.formats.upgrade.names import SOLVER_TYPES, V0_TYPES, V1_TYPES
from mocha_core.errors import OptionError

NVIDIA_NUMBERS = {145: "forward_type", 146: "backward_type", 147: "forward_math", 148: "backward_math"}


def test_no_field_is_hidden_by_a_method_of_messages():
    hidden = {name for kind in message_types().values() for name in kind.fields if name in dir(Message)}
    assert hidden == set()


def test_a_number_means_one_thing_in_each_layer_and_wire_type():
    for kind in message_types().values():
        for number, fields in kind.by_number.items():
            own = [field for field in fields if field.number == number]
            keys = [(WIRE_TYPES[field.kind], field.layer_type) for field in own]
            assert len(keys) == len(set(keys)), (kind.name, number)


@pytest.mark.parametrize(
    ("message", "field", "number", "default"),
    [
        ("PoolingParameter", "round_mode", 13, "CEIL"),
        ("BatchNormParameter", "moving_average_fraction", 2, 0.9990000128746033),
        ("FillerParameter", "type", 1, "constant"),
        ("SolverParameter", "clip_gradients", 35, -1.0),
        ("V0LayerParameter", "new_width", 63, 0),
        ("HingeLossParameter", "norm", 1, "L1"),
        ("PythonParameter", "param_str", 3, ""),
        ("NetStateRule", "phase", 1, "TRAIN"),
        ("PriorBoxParameter", "offset", 13, 0.5),
        ("ConvolutionParameter", "bias_term", 2, True),
    ],
)
def test_numbers_and_defaults(message, field, number, default):
    found = message_type(message).fields[field]
    assert (found.number, found.default) == (number, default)


def test_the_layers_type_says_what_a_forks_number_means():
    layer = message_type("LayerParameter")
    meant = {kind: layer.find(147, LENGTH, kind).name for kind in ("Swish", "DetectionOutput", "ROIPooling", "Relu")}
    assert meant == {
        "Swish": "swish_param",
        "DetectionOutput": "detection_output_param",
        "ROIPooling": "roi_pooling_param",
        "Relu": "swish_param",
    }


@pytest.mark.parametrize(("number", "name"), NVIDIA_NUMBERS.items())
def test_the_wire_type_tells_nvidias_numbers_from_caffes(number, name):
    layer = message_type("LayerParameter")
    assert layer.find(number, VARINT, "Convolution").name == name
    assert layer.find(number, LENGTH, "Convolution").kind == "message"
    assert layer.find(number, FIXED32, "Convolution") is None


def test_two_forks_numbers_of_batch_normalisation():
    bn = message_type("BNParameter")
    assert bn.find(3, VARINT).name == "bn_mode"
    assert bn.find(3, FIXED32).name == "momentum"
    assert bn.find(8, FIXED32).name == "eps"


def test_every_old_type_has_a_new_name():
    assert set(V1_TYPES) == set(message_type("V1LayerParameter").fields["type"].enum.numbers)
    assert set(V0_TYPES.values()) <= set(V1_TYPES)
    assert set(SOLVER_TYPES) == set(message_type("SolverParameter").fields["solver_type"].enum.numbers)


def test_an_unknown_message_is_refused_with_a_guess():
    with pytest.raises(OptionError, match="did you mean 'PoolingParameter'"):
        message_type("PolingParameter")
