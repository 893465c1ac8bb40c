"""Data and inputs are there before the first layer runs, wherever their layers stand in the list."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mocha_core import (
    ElementWiseFunctors,
    ElementWiseLayer,
    InnerProductLayer,
    InputLayer,
    Layer,
    MemoryDataLayer,
    Net,
    ParameterStore,
    SquareLossLayer,
)
from mocha_core.testing.opening import opened

from .nets import samples

every = pytest.mark.parametrize("backend", ["reference", "cpu", "cython"])


def training(late: bool) -> list[Layer]:
    """What is to be learned in a layer of its own, of the size of the blobs in between."""
    x, _ = samples()
    inputs = MemoryDataLayer(name="inputs", data=[x], batch_size=4, tops=["data"])
    targets = MemoryDataLayer(name="targets", data=[x], batch_size=4, tops=["target"])
    names = ["data", "ip1", "ip2", "ip3"]
    body = [InnerProductLayer(name=b, output_dim=5, bottoms=[a], tops=[b]) for a, b in pairwise(names)]
    loss = SquareLossLayer(name="loss", bottoms=["ip3", "target"])
    return [inputs, *body, targets, loss] if late else [inputs, targets, *body, loss]


@every
@pytest.mark.parametrize("phase", ["train", "test"])
def test_targets_at_the_end_of_the_list(backend: str, phase: str) -> None:
    options = {"dtype": "float64", "phase": phase, "parameters": ParameterStore(opened(backend))}
    told = []
    for late in (False, True):
        with Net("n", opened(backend), training(late), **options) as net:
            net.init()
            step = net.forward_backward if phase == "train" else net.forward
            told.append([(step(), *(t.diff.to_array().tobytes() for t in net.trainable)) for _ in range(3)])
    assert told[0] == told[1]


@every
def test_inputs_at_the_end_of_the_list(backend: str) -> None:
    first, last = (InputLayer(name=name, tops=[name], shapes=[(2, 8)]) for name in "xy")
    body = [
        InnerProductLayer(name=f"ip{k}", output_dim=8, bottoms=[b], tops=[f"ip{k}"]) for k, b in enumerate(["x", "ip0"])
    ]
    added = ElementWiseLayer(name="s", operation=ElementWiseFunctors.Add(), bottoms=["ip1", "y"], tops=["s"])
    y = np.full((2, 8), 100.0, np.float32)
    options = {"phase": "test", "keep": ["x", "y"], "parameters": ParameterStore(opened(backend))}
    sums = []
    for layers in ([first, last, *body, added], [first, *body, last, added]):
        with Net("n", opened(backend), layers, **options) as net:
            net.init()
            net.blob("x").set(np.ones((2, 8), np.float32))
            net.blob("y").set(y)
            for _ in range(2):
                net.forward()
                sums.append(net.blob("s").to_array().tolist())
            assert net.blob("y").to_array().tolist() == y.tolist()
    assert sums[0] == sums[1] == sums[2] == sums[3]
