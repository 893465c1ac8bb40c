"""A prototxt and weights in files, loaded and run in double precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_core import load
from mocha_core.testing.opening import opened

from ..translate.nets import inputs

Host = np.ndarray[Any, Any]
Blobs = dict[str, list[Host]]


def layer(kind: str, bottoms: str, block: str = "", tops: str = "y") -> str:
    """A layer named after its first top."""
    wires = " ".join([*(f'bottom: "{name}"' for name in bottoms.split()), *(f'top: "{name}"' for name in tops.split())])
    return f'layer {{ name: "{tops.split()[0]}" type: "{kind}" {wires} {block} }}\n'


def run(folder: Path, text: str, given: dict[str, Host], blobs: Blobs | None = None, top: str = "y") -> Host:
    """That blob, for these inputs and weights."""
    (folder / "net.prototxt").write_text(inputs(**{name: array.shape for name, array in given.items()}) + text)
    stored = Message("NetParameter", name="stored")
    for name, arrays in (blobs or {}).items():
        stored.make("layer", name=name, type="X").blobs = [make_blob(array) for array in arrays]
    save_wire(stored, folder / "net.caffemodel")
    files = [folder / "net.prototxt", *([folder / "net.caffemodel"] if blobs else [])]
    with load(*files, backend=opened("cpu"), dtype="float64", keep=[top]) as net:
        for name, array in given.items():
            net.blob(name).set(array)
        net.run_forward()
        found: Host = net.blob(top).to_array()
    return found


def random(*shape: int, seed: int = 0) -> Host:
    """Normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def close(found: Host, wanted: Host) -> None:
    """Equal but for rounding of sums of some hundred numbers."""
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
