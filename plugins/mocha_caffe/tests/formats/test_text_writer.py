"""Messages as prototxt."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.formats import Message, parse_wire, write_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (1.0, "1"),
        (1e-5, "1e-05"),
        (0.1 + 0.2, "0.3"),
        (np.inf, "inf"),
        (-np.inf, "-inf"),
        (16777215, "16777215"),
    ],
)
def test_floats_are_as_short_as_single_precision_allows(value, text):
    assert write_text(Message("FillerParameter", value=value)) == f"value: {text}\n"


def test_layout_is_caffes():
    layer = Message("LayerParameter", type="Pooling", name="p", bottom=["a"], phase="TEST")
    layer.make("pooling_param", pool="AVE", global_pooling=True)
    assert write_text(layer) == (
        'name: "p"\ntype: "Pooling"\nbottom: "a"\nphase: TEST\npooling_param {\n'
        "  pool: AVE\n  global_pooling: true\n}\n"
    )


def test_strings_are_escaped():
    assert write_text(Message("LayerParameter", name='a"\n\x01é\udcff')) == 'name: "a\\"\\n\\001é\\377"\n'


def test_bytes_are_escaped():
    assert write_text(Message("Datum", data=b"a\x00\xff\\")) == 'data: "a\\000\\377\\\\"\n'


def test_unknown_binary_fields_become_comments():
    assert write_text(parse_wire(b"\xf8\x3f\x05", "BlobShape")) == "# field 1023: 3 bytes\n"
