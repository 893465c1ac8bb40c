"""In the test phase filters are packed once, and again after every way of changing them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mocha_core import SGD, ConvolutionLayer, LRPolicy, MemoryDataLayer, Net, Solver, SquareLossLayer
from mocha_core.parameters import Parameter
from mocha_cython import CythonBackend
from mocha_cython.kernels.convolution import Unchanged

RNG = np.random.default_rng(0)
DATA = [RNG.normal(size=(4, 3, 6, 5)), RNG.normal(size=(4, 18, 4, 3))]


def nets() -> tuple[Net, Net]:
    """A net to train and one to look at, with the same filters."""
    backend = CythonBackend()
    data = MemoryDataLayer(data=DATA, tops=["x", "want"], batch_size=4)
    conv = ConvolutionLayer(name="conv", n_filter=18, kernel=(3, 3), bottoms=["x"], tops=["y"])
    loss = SquareLossLayer(name="loss", bottoms=["y", "want"])
    return Net("train", backend, [data, conv, loss]), Net("test", backend, [data, conv], phase="test")


def train(net: Net, _: Parameter) -> None:
    Solver(SGD(), {"max_iter": 1, "lr_policy": LRPolicy.Fixed(0.1)}).solve(net)


CHANGES: dict[str, Callable[[Net, Parameter], None]] = {
    "set": lambda _, filters: filters.blob.set(RNG.normal(size=filters.blob.shape)),
    "fill": lambda _, filters: filters.blob.fill(0.5),
    "load": lambda _, filters: filters.load(RNG.normal(size=filters.blob.shape)),
    "a step of training": train,
}


@pytest.mark.parametrize("change", CHANGES)
def test_new_filters_are_used(change: str) -> None:
    training, testing = nets()
    testing.forward()
    before = testing.blob("y").to_array()
    CHANGES[change](training, testing.all_parameters[0])
    testing.forward()
    got = testing.blob("y").to_array()
    weight = testing.all_parameters[0].blob.to_array()
    windows = np.lib.stride_tricks.sliding_window_view(DATA[0].astype(np.float32), (3, 3), (2, 3))
    want = np.einsum("nchwij,kcij->nkhw", windows, weight) + testing.all_parameters[1].blob.to_array()[:, None, None]
    assert np.abs(got - before).max() > 1e-3
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)


def test_they_are_not_packed_again_for_nothing() -> None:
    _, testing = nets()
    testing.init()
    watch = Unchanged(p.blob for p in testing.all_parameters)
    said = [watch.since_last(), watch.since_last()]
    testing.all_parameters[1].blob.fill(1.0)
    assert [*said, watch.since_last(), watch.since_last()] == [False, True, False, True]


def test_the_same_numbers_packed_or_not() -> None:
    _, testing = nets()
    results = []
    for _ in range(2):
        testing.forward()
        results.append(testing.blob("y").to_array())
    np.testing.assert_array_equal(*results)
