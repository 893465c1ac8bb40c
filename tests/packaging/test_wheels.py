"""Core and NumPy backend as wheels in an empty environment, used away from the source tree."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

TRAIN = """
import numpy as np
from mocha_core import *

rows = np.random.default_rng(1).standard_normal((64, 5))
labels = (rows.sum(axis=1, keepdims=True) > 0).astype(float)
data = MemoryDataLayer(name="data", data=[rows, labels], batch_size=16, tops=["data", "label"])
hidden = InnerProductLayer(name="ip1", output_dim=8, neuron=Neurons.ReLU(), bottoms=["data"], tops=["ip1"])
scores = InnerProductLayer(name="ip2", output_dim=2, bottoms=["ip1"], tops=["ip2"])
loss = SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"])
with DefaultBackend() as backend:
    net = Net("small", backend, [data, hidden, scores, loss])
    net.init()
    first = net.forward()
    method = SGD()
    params = make_solver_parameters(method, max_iter=200, lr_policy=LRPolicy.Fixed(0.1))
    solve(Solver(method, params), net)
    print(backend.name, net.forward() < 0.5 * first)
"""
LOCATIONS = "import mocha_core, mocha_cpu; print(mocha_core.__file__); print(mocha_cpu.__file__)"


@pytest.fixture(scope="module")
def empty(environment, wheels):
    """An environment with nothing but the two wheels and what they require."""
    return environment("wheels", wheels["mocha_core"], wheels["mocha_cpu"])


@pytest.mark.parametrize(("package", "source"), [("mocha_core", "."), ("mocha_cpu", "plugins/mocha_cpu/src")])
def test_a_wheel_holds_every_module_and_nothing_else(wheels, repository, package, source):
    root = repository / source
    wanted = {str(path.relative_to(root)) for path in (root / package).rglob("*.py")} | {f"{package}/py.typed"}
    held = {name for name in zipfile.ZipFile(wheels[package]).namelist() if ".dist-info/" not in name}
    assert held == wanted


def test_a_wheel_carries_its_licence(wheels):
    names = zipfile.ZipFile(wheels["mocha_core"]).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_packages_are_used(empty):
    for line in empty.python(LOCATIONS).splitlines():
        assert Path(line).is_relative_to(empty.folder)


def test_a_net_trains(empty):
    assert empty.python(TRAIN).splitlines()[-1] == "cpu True"


def test_the_command_is_there(empty):
    assert "mocha-cpu" in empty.run("mocha", "plugins")


def test_an_extra_that_is_missing_is_named(empty):
    program = "from mocha_core import *\ntry:\n    DefaultBackend('cython')\nexcept PluginError as e:\n    print(e)"
    assert 'pip install "mocha-core[cython]"' in empty.python(program)
