"""Layers of type Python: by what the user registered, never by the module that the file names."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

import mocha_caffe
from mocha_caffe import UnknownLayerError
from mocha_caffe.translate import forget
from mocha_caffe.translate.param_str import LONGEST, options_in
from mocha_core import Grads, InputLayer, Layer, OptionError, Plan, PowerLayer, spec
from mocha_core.layer import Values

from .nets import random, run
from .texts import DATA, layer, model

NAMES = ("rois.proposal.ProposalLayer", "ProposalLayer", "Python")


def python(more: str = "", name: str = "proposal") -> str:
    block = f'python_param {{ module: "rois.proposal" layer: "ProposalLayer" {more} }}'
    return layer(name, "Python", "data", "", block)


@pytest.fixture(autouse=True)
def nobody_registered_before() -> Iterator[None]:
    yield
    for name in NAMES:
        forget(name)


@spec(kw_only=True)
class ScaledLayer(Layer):
    feat_stride: int = 1
    param_str: str = ""

    def plan(self, bottoms):
        return Plan(tops=bottoms)

    def forward(self, xp, v: Values):
        return (self.feat_stride * v.xs[0],)

    def backward(self, xp, v: Values):
        return Grads((self.feat_stride * v.dys[0],))


@pytest.mark.parametrize("name", NAMES)
def test_a_registered_class_translates_it(name):
    mocha_caffe.layer(name)(ScaledLayer)
    made = model(DATA + python("param_str: \"'feat_stride': 16\"")).layers[-1]
    assert (type(made), made.feat_stride, made.param_str) == (ScaledLayer, 16, "'feat_stride': 16")


@spec(kw_only=True)
class BareLayer(Layer):
    feat_stride: int = 1

    def plan(self, bottoms):
        return Plan(tops=bottoms)

    def forward(self, xp, v: Values):
        return v.xs


def test_an_entry_of_param_str_is_an_option_unless_the_class_reads_the_text():
    text = DATA + python("param_str: \"'feat_strid': 16\"")
    mocha_caffe.layer(NAMES[1])(BareLayer)
    said = r"BareLayer has no option 'feat_strid', which param_str gives; .*; did you mean 'feat_stride'"
    with pytest.raises(OptionError, match=said):
        model(text)
    mocha_caffe.layer(NAMES[1])(ScaledLayer)
    assert model(text).layers[-1].param_str == "'feat_strid': 16"


def test_the_whole_name_comes_before_the_class_alone():
    mocha_caffe.layer(NAMES[1])(lambda given: given.make(PowerLayer, power=3))
    mocha_caffe.layer(NAMES[0])(lambda given: given.make(PowerLayer, power=2))
    x = random(2, 3, 8, 6)
    (y,) = run(python().replace('"data"', '"x"'), "proposal", x=x)
    np.testing.assert_array_equal(y, x**2)


def test_the_class_that_the_error_shows_works():
    with pytest.raises(UnknownLayerError) as caught:
        model(DATA + python())
    said = str(caught.value)
    assert "net.prototxt:2:1: Python rois.proposal.ProposalLayer 'proposal' (data -> proposal; python_param)" in said
    code = said.partition("import mocha_caffe")[2]
    assert '@mocha_caffe.layer("rois.proposal.ProposalLayer")' in code
    assert len([line for line in code.splitlines() if line.strip()]) <= 15
    exec("import mocha_caffe" + code, {"__name__": __name__})
    assert type(model(DATA + python()).layers[-1]).__name__ == "ProposalLayer"


def test_the_module_is_never_imported(tmp_path, monkeypatch):
    (tmp_path / "trap.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    text = DATA + python().replace("rois.proposal", "trap")
    with pytest.raises(UnknownLayerError):
        model(text)
    mocha_caffe.layer("ProposalLayer")(ScaledLayer)
    model(text)
    assert "trap" not in sys.modules


def test_a_class_called_like_one_of_caffes_types_is_not_that_type():
    with pytest.raises(UnknownLayerError, match=r"Python some\.Softmax 'y'"):
        model(DATA + layer("y", "Python", "data", "", 'python_param { module: "some" layer: "Softmax" }'))


def test_python_data_say_how_to_do_without():
    data = 'layer { name: "d" type: "Python" top: "data" top: "label" python_param { module: "m" layer: "Data" } }\n'
    with pytest.raises(UnknownLayerError, match=r'shapes=\{"data": \(1, 3, 227, 227\)\}'):
        model(data + layer("y", "Power", "data"))
    found = model(data + layer("y", "Power", "data"), {"data": (1, 3)})
    assert isinstance(found.layers[0], InputLayer)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("'feat_stride': 16", {"feat_stride": 16}),
        ("{'dir': '../data', 'mean': (104.0, 116.5)}", {"dir": "../data", "mean": (104.0, 116.5)}),
        ('{"scales": [8, 16], "train": true}', {"scales": [8, 16], "train": True}),
        ("feat_stride: 16\nmode: fast", {"feat_stride": 16, "mode": "fast"}),
        ("", {}),
        ("24", {}),
        ("some words", {}),
        ("[1, 2]", {}),
        ("{'a': __import__('os')}", {"a": "__import__('os')"}),
        ("{" * 5000, {}),
        ("'a': 1" + " " * LONGEST, {}),
    ],
)
def test_a_param_str_is_read_and_never_run(text, options):
    assert options_in(text) == options
