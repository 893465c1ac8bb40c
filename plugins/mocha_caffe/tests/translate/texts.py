"""Nets written in the tests themselves."""

from __future__ import annotations

from typing import Any

from mocha_caffe.formats import parse_text, upgrade_net
from mocha_caffe.translate import Model, Settings, translate

DATA = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 dim: 8 dim: 6 } } }\n'


def layer(name: str, kind: str, bottom: str, top: str = "", more: str = "") -> str:
    """One layer of a net."""
    return f'layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" top: "{top or name}" {more} }}\n'


def conv(name: str, bottom: str, top: str = "", more: str = "") -> str:
    """A convolution with four filters."""
    return layer(name, "Convolution", bottom, top, f"convolution_param {{ num_output: 4 kernel_size: 3 }} {more}")


def model(text: str, shapes: Any = None, **settings: Any) -> Model:
    """The translation."""
    net = upgrade_net(parse_text(text, "NetParameter", name="net.prototxt")).net
    return translate(net, Settings(**settings), shapes)
