"""Small models in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_core import Net
from mocha_core import load as mocha_load
from mocha_core.testing.opening import opened

NET = """
name: "small"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param {kernel_size: 3 num_output: 4} }
layer { name: "ip" type: "InnerProduct" bottom: "conv1" top: "ip" inner_product_param { num_output: 2 } }
"""
SHAPES = {"conv1": [(4, 3, 3, 3), (4,)], "ip": [(2, 24), (2,)]}


def weights(path: Path, shapes: dict[str, list[tuple[int, ...]]] = SHAPES, legacy: bool = False) -> Path:
    """A .caffemodel with blobs of these shapes, filled with 1, 2, 3 ..."""
    net = Message("NetParameter", name="small")
    for name, blobs in shapes.items():
        layer = net.make("layer", name=name, type="Convolution")
        layer.blobs = [make_blob(numbered(shape), legacy=legacy) for shape in blobs]
    save_wire(net, path)
    return path


def numbered(shape: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """1, 2, 3 ... in that shape."""
    return np.arange(1, np.prod(shape, dtype=int) + 1, dtype=np.float32).reshape(shape)


def prototxt(folder: Path, text: str = NET) -> Path:
    """The net in a file."""
    path = folder / "net.prototxt"
    path.write_text(text)
    return path


def load(*files: Path, **options: object) -> Net:
    """On the CPU."""
    return mocha_load(*files, backend=opened("cpu"), **options)


def values(net: Net) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """The parameters of a net."""
    return {parameter.path: parameter.blob.to_array() for parameter in net.all_parameters}
