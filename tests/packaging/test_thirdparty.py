"""A package written by others: installed by pip, found, and trained with."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

TRAIN = """
import numpy as np
from mocha_core import *
from mocha_core.plugins import find_layer, find_neuron
from mocha_swish import Plateau

Swish, SoftSign = find_layer("Swish"), find_neuron("SoftSign")
rows = np.random.default_rng(1).standard_normal((64, 5))
labels = (np.abs(rows).sum(axis=1, keepdims=True) > 4).astype(float)
data = MemoryDataLayer(name="data", data=[rows, labels], batch_size=16, tops=["data", "label"])
first = InnerProductLayer(name="ip1", output_dim=16, bottoms=["data"], tops=["ip1"])
act = Swish(name="act", beta=1.5, bottoms=["ip1"], tops=["act"])
second = InnerProductLayer(name="ip2", output_dim=8, neuron=SoftSign(), bottoms=["act"], tops=["ip2"])
third = InnerProductLayer(name="ip3", output_dim=2, bottoms=["ip2"], tops=["ip3"])
loss = SoftmaxLossLayer(name="loss", bottoms=["ip3", "label"])
with DefaultBackend() as backend:
    net = Net("small", backend, [data, first, act, second, third, loss])
    net.init()
    before = net.forward()
    method = SGD()
    rates = {"lr_policy": LRPolicy.Fixed(0.1), "mom_policy": MomPolicy.Fixed(0.9)}
    solver = Solver(method, make_solver_parameters(method, max_iter=300, **rates))
    add_coffee_break(solver, Plateau(patience=50), every_n_iter=10)
    solve(solver, net)
    print("kernel", "mocha_swish.SwishKernel" in net.explain())
    print("learned", net.forward() < 0.5 * before)
    print("reports", *backend.registry.reports)
"""


@pytest.fixture(scope="module")
def shop(environment, wheels):
    """An environment with core, NumPy backend and the third party's wheel, and what tests of layers need."""
    core = f"{wheels['mocha_core']}[testing]"
    return environment("thirdparty", core, wheels["mocha_cpu"], wheels["mocha_swish"])


def test_a_net_trains_with_its_layer_kernel_neuron_and_coffee_break(shop):
    said = dict(line.split(" ", 1) for line in shop.python(TRAIN).splitlines() if " " in line)
    assert said["kernel"] == "True"
    assert said["learned"] == "True"
    assert "mocha-swish" in said["reports"]


@pytest.mark.parametrize("name", ["Swish", "SoftSign", "Plateau", "mocha.kernels  "])
def test_it_is_listed(shop, name):
    lines = [line for line in shop.run("mocha", "plugins").splitlines() if name in line and "mocha-swish" in line]
    assert lines
    assert "1.2.3" in lines[0]


def test_its_own_tests_pass_there(shop, repository):
    suite = repository / "tests/thirdparty/mocha_swish/tests"
    command = ("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", shop.elsewhere)
    assert " passed" in shop.run("python", *command, suite)
