"""A fault in a prototxt is one error with file, line, column and what was expected."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import TextError, parse_text

FAULTS = [
    ('layer { name: "a"\n  type: Convolution }', "2:9", "a string in quotes for 'type'"),
    ('layers { type: "CONV" }', "1:16", "without quotes"),
    ("layer {\n convolution_param 3 }", "2:20", "expected ':' or '{' after 'convolution_param', found '3'"),
    ("layer {\n name: 'x'", "2:11", "'}' for the block of line 1, found the end of the file"),
    ("layer { name: 'x' }}", "1:20", "expected the name of a field, found '}'"),
    ("layer < name: 'x' }", "1:19", "or '>' for the block of line 1"),
    ("layer: 3", "1:8", "expected '{' after 'layer', which is a LayerParameter"),
    ("name { }", "1:6", "which is no block"),
    ("name: 'a'\nname: 'b'", "2:1", "'name' is here a second time; the first is in line 1"),
    ("layer { pooling_param { } pooling_param { } }", "1:27", "second time"),
    ("input_dim: $HEIGHT", "1:12", r"\$HEIGHT is a variable of a template"),
    ("name: 'abc", "1:7", "not closed on its line"),
    ("// comment", "1:1", "a comment begins with #"),
    ("layer { phase: TRAIN: }", "1:21", "found ':'"),
    (r"name: 'C:\dir'", "1:10", r"\\d is no escape"),
    ("name: '\\777'", "1:8", "is no escape"),
    ("input_dim: 08", "1:12", "is no octal number"),
    ("input_dim: 1.5", "1:12", "whole number"),
    ("input_dim: 3x", "1:12", "cannot go on with 'x'"),
    ("input_dim: 99999999999", "1:12", "from -2147483648 to 2147483647, found 99999999999"),
    ("input_dim: " + "9" * 500, "1:12", "500 digits"),
    ("layer { loss_weight: 0x10 }", "1:22", "a decimal number"),
    ("layer { loss_weight: high }", "1:22", "a number, found 'high'"),
    ("force_backward: yes", "1:17", "true or false"),
    ("odd: [1, 2", "1:11", "',' or ']'"),
    ("odd: [1 2]", "1:9", "',' or ']'"),
    ("odd: }", "1:6", "expected a value"),
    ("odd: -x", "1:7", "expected a value"),
    ("[caffe.ext]: 1", "1:1", "the name of a field"),
    ("name: 'a'\x00", "1:10", "no meaning in a prototxt"),
]


@pytest.mark.parametrize(("text", "place", "expected"), FAULTS)
def test_the_place_and_what_was_expected(text, place, expected):
    with pytest.raises(TextError, match=expected) as caught:
        parse_text(text, name="net.prototxt")
    assert str(caught.value).startswith(f"net.prototxt:{place}: ")


def test_the_source_line_is_shown_with_a_mark_under_the_place():
    with pytest.raises(TextError) as caught:
        parse_text("layer {\n\tname: 7\n}")
    assert str(caught.value).splitlines()[1:] == ["     name: 7", "           ^"]


def test_a_long_line_is_cut_around_the_place():
    with pytest.raises(TextError) as caught:
        parse_text("odd: 1 " * 1000 + "odd: } " + "odd: 1 " * 1000)
    _, line, mark = str(caught.value).splitlines()
    assert len(line) < 120
    assert line[mark.index("^")] == "}"
