"""Fields that Caffe does not know are kept: for users' own layers, and for the way back to text."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import describe_unknown, parse_text, write_text
from mocha_caffe.formats.wire import write_wire
from mocha_core.errors import OptionError

TEXT = 'name: "a" odd_param { alpha: .5 on: true modes: [MAX, "b", -3, 0x10] inner < x: 1 > } odd_flag: off # end'


def test_values_have_the_types_that_they_look_like():
    odd = parse_text(TEXT, "LayerParameter").unknown[0].value
    assert (odd.alpha, odd.on, odd.modes, odd.inner.x) == (0.5, True, ["MAX", "b", -3, 16], 1)
    assert (odd.get("beta", 7), odd.get("alpha")) == (7, 0.5)
    with pytest.raises(AttributeError, match="there are: alpha, on, modes, inner"):
        _ = odd.beta


def test_they_are_written_as_they_were_spelled():
    layer = parse_text(TEXT, "LayerParameter")
    written = write_text(layer)
    assert 'odd_param { alpha: .5 on: true modes: [MAX, "b", -3, 0x10] inner < x: 1 > }\nodd_flag: off\n' in written
    assert parse_text(written, "LayerParameter") == layer


def test_a_nan_in_one_is_the_same_when_written_and_read_again():
    layer = parse_text("odd { x: nan }", "LayerParameter")
    assert parse_text(write_text(layer), "LayerParameter") == layer
    assert parse_text("odd { x: inf }", "LayerParameter") != layer


def test_they_have_no_place_in_a_binary_file():
    with pytest.raises(OptionError, match="odd_param at <text>:1:11 is unknown"):
        write_wire(parse_text(TEXT, "LayerParameter"))


def test_a_list_of_them_is_kept_one_by_one():
    layer = parse_text("odd: [1, { x: 2 }, 'c']", "LayerParameter")
    assert [unknown.text for unknown in layer.unknown] == ["1", "{ x: 2 }", "'c'"]


def test_a_misspelled_field_is_reported_with_its_place_and_the_right_name():
    net = parse_text("layer {\n  pooling_param { strid: 2 } }\nzzz: 1", name="net.prototxt")
    assert describe_unknown(net) == [
        "net.prototxt:3:1: NetParameter has no field 'zzz'",
        "net.prototxt:2:19: PoolingParameter has no field 'strid'; did you mean 'stride'?",
    ]
