"""Every layer of Caffe's zoos, from its prototxt, with its weights, value by value and gradient by gradient."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend
from mocha_core.testing.opening import opened
from tests.oracles.dumps import assert_agrees

from .zoos import open_zoo, parameter_gradients, run, values

LIMIT = 1e-9
ZOOS = ("zoo_common", "zoo_neuron", "zoo_vision", "zoo_loss")


@pytest.fixture(params=["reference", "cpu"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return opened(request.param)


@pytest.mark.parametrize("name", ZOOS)
def test_values(name: str, backend: Backend, shared: Path) -> None:
    zoo = open_zoo(shared / "oracles" / "caffe" / name)
    found = values(run(backend, zoo, "net.caffemodel"), zoo)
    assert {blob[6:] for blob in zoo.caffe if blob.startswith("blobs/")} == found.keys()
    assert_agrees(found, LIMIT)


@pytest.mark.parametrize("name", ZOOS[:3])
def test_gradients(name: str, backend: Backend, shared: Path) -> None:
    zoo = open_zoo(shared / "oracles" / "caffe" / name)
    net = run(backend, zoo, "net.caffemodel", gradients=True)
    found = parameter_gradients(net, zoo)
    assert found
    assert_agrees(found, LIMIT)
