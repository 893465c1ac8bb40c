"""Specs as text: reading is the inverse of printing, and runs nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mocha_core import (
    CenterCrop,
    GaussianInitializer,
    L2Cons,
    L2Regu,
    LRPolicy,
    MomPolicy,
    Neurons,
    OptionError,
    PluginError,
    Pooling,
    RandomCrop,
    RandomMirror,
    Scale,
    SubMean,
)
from mocha_core.io.expression import looks_like_spec, parse_spec
from mocha_core.io.names import find_spec

SPECS = [
    ("Neurons.ReLU(0.5)", Neurons.ReLU(0.5)),
    ("Pooling.Mean()", Pooling.Mean()),
    ("L2Regu(250)", L2Regu(250)),
    ("L2Cons(threshold=4.5)", L2Cons(4.5)),
    ("GaussianInitializer(std=1e-4)", GaussianInitializer(std=1e-4)),
    ("MomPolicy.Linear(0.5, 0.0008, 600, 0.9)", MomPolicy.Linear(0.5, 0.0008, 600, 0.9)),
    ("Scale(scale=0.5)", Scale(0.5)),
    ("SubMean(mean_values=(104, 117, 123))", SubMean(mean_values=(104, 117, 123))),
    ("RandomCrop((24, 28))", RandomCrop((24, 28))),
    ("CenterCrop(224)", CenterCrop(224)),
    ("RandomMirror()", RandomMirror()),
    (
        "LRPolicy.Staged((6, LRPolicy.Fixed(0.1)), (2, LRPolicy.Fixed(0.01)))",
        LRPolicy.Staged((6, LRPolicy.Fixed(0.1)), (2, LRPolicy.Fixed(0.01))),
    ),
]


@pytest.mark.parametrize(("text", "spec"), SPECS)
def test_read(text: str, spec: Any) -> None:
    assert parse_spec(text, find_spec) == spec


@pytest.mark.parametrize("spec", [spec for _, spec in SPECS], ids=repr)
def test_reading_undoes_printing(spec: Any) -> None:
    assert parse_spec(repr(spec), find_spec) == spec


@pytest.mark.parametrize(
    "text",
    ["L2Regu(open('x'))", "L2Regu((lambda: 1)())", "L2Regu(x)", "L2Regu(1 if 2 else 3)", "L2Regu([0][0])", "f()()"],
)
def test_nothing_is_run(text: str) -> None:
    with pytest.raises((OptionError, PluginError)):
        parse_spec(text, find_spec)


def test_paths_are_no_specs() -> None:
    assert not looks_like_spec("data (copy)")
    assert not looks_like_spec("train.txt")
    assert looks_like_spec("LRPolicy.Fixed(0.1)")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Fixed", "nothing is called 'Fixed'; write LRPolicy.Fixed or MomPolicy.Fixed"),
        ("Max", "nothing is called 'Max'; write Pooling.Max"),
        ("XavierInitialiser", "did you mean 'XavierInitializer'?"),
        ("L3Regu", "did you mean 'L2Regu'?"),
        ("RandomCropp", "did you mean 'RandomCrop'?"),
        ("LRPolicy.Fixd", "LRPolicy has no 'Fixd'; did you mean 'Fixed'?"),
        ("Quux", "nothing is called 'Quux'; `mocha plugins` lists what installed packages offer"),
    ],
)
def test_a_name_that_nobody_knows(name: str, told: str) -> None:
    with pytest.raises(PluginError, match=re.escape(told)):
        find_spec(name)
