"""A forward that is done again, to find a NaN or to go on with a training, leaves no traces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_core import (
    SGD,
    BatchNormLayer,
    DropoutLayer,
    InnerProductLayer,
    LRPolicy,
    LSTMLayer,
    MemoryDataLayer,
    MemoryOutputLayer,
    Net,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
)
from mocha_core.backend import Backend
from mocha_core.solvers import make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend
from tests.joint.ahead import AheadBackend

from .nets import classifier, data, samples


def untrained(net: Net) -> dict[str, list[float]]:
    return {p.path: p.blob.to_array().tolist() for p in net.all_parameters if not p.spec.trained}


def normalizing(backend: Backend) -> Net:
    *below, loss = classifier()
    norm = BatchNormLayer(name="norm", bottoms=["ip2"], tops=["norm"])
    drop = DropoutLayer(name="drop", bottoms=["norm"])
    return Net("n", backend, [data(), *below, norm, drop, loss.replace(bottoms=["norm", "label"])])


def test_finding_a_bad_blob_counts_nothing_in_running_averages(backend: Backend) -> None:
    net = normalizing(backend)
    for _ in range(3):
        net.forward()
    before = untrained(net)
    assert before["norm___count"] != [0]
    assert net.find_bad_blob() is None
    assert untrained(net) == before


def test_states_are_found_as_the_last_forward_found_them(backend: Backend) -> None:
    steps = np.arange(24.0).reshape(6, 2, 2) / 10
    layers = [
        MemoryDataLayer(name="data", data=[steps, np.ones((6, 2))], tops=["x", "cont"], batch_size=3),
        LSTMLayer(name="r", output_dim=2, stateful=True, bottoms=["x", "cont"], tops=["h"]),
    ]
    net = Net("n", backend, layers)
    for _ in range(2):
        net.forward()
    states, h = untrained(net), net.blob("h").to_array()
    assert net.find_bad_blob() is None
    np.testing.assert_array_equal(net.blob("h").to_array(), h)
    assert untrained(net) == states


def test_the_draws_go_on_where_they_were(backend: Backend) -> None:
    net = normalizing(backend)
    net.forward()
    weight = net.all_parameters[0]
    weight.load(np.full(weight.blob.shape, np.nan))
    drawn = net._streams.now()
    assert "ip1" in (net.find_bad_blob() or "")
    assert net._streams.now() == drawn != net.random_state()


def training(backend: Backend, updates: int, folder: Path | None = None) -> tuple[Solver, Net]:
    layers = [
        MemoryDataLayer(name="data", data=list(samples()), batch_size=5),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["data"], tops=["ip"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
        MemoryOutputLayer(name="out", bottoms=["ip", "label"]),
    ]
    options = {"load_from": str(folder)} if folder else {}
    params = make_solver_parameters(SGD(), max_iter=updates, lr_policy=LRPolicy.Fixed(0.1), **options)
    solver = Solver(SGD(), params)
    if folder:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=1)
    return solver, Net("n", backend, layers)


@pytest.mark.parametrize("kind", [ReferenceBackend, AheadBackend])
def test_solving_twice_reports_each_forward_once(kind: type[ReferenceBackend]) -> None:
    (whole, net), (halves, other) = (training(kind(seed=1), updates) for updates in (4, 2))
    whole.solve(net)
    halves.solve(other)
    halves.params = halves.params.replace(max_iter=4)
    halves.solve(other)
    assert other.statistics() == net.statistics()
    for bottom in (0, 1):
        assert len(net.outputs("out", bottom)) == 5
        np.testing.assert_array_equal(other.outputs("out", bottom), net.outputs("out", bottom))


def test_a_resumed_net_has_the_outputs_of_where_it_stands(tmp_path: Path) -> None:
    solver, whole = training(ReferenceBackend(seed=1), 3, tmp_path)
    solver.solve(whole)
    solver, resumed = training(ReferenceBackend(seed=1), 3, tmp_path)
    solver.solve(resumed)
    np.testing.assert_array_equal(resumed.outputs("out"), whole.outputs("out")[-1:])
