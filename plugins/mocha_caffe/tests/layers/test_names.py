"""The layers are found by name, as files of experiments and importers ask for them."""

from __future__ import annotations

import inspect

import pytest

import mocha_caffe.layers as own
from mocha_core import Layer
from mocha_core.plugins import find_layer, offers

NAMES = {offer.name for offer in offers("mocha.layers") if offer.package == "mocha_caffe"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_name_means_a_layer_of_this_package(name):
    assert find_layer(name).__module__.startswith("mocha_caffe.layers")


def test_every_layer_has_a_name():
    classes = {c for c in vars(own).values() if inspect.isclass(c) and issubclass(c, Layer)}
    assert classes == {find_layer(name) for name in NAMES}
