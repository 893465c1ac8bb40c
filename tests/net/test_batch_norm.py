"""BatchNormLayer in nets: shared between phases, left alone by solvers, kept by snapshots, resumed bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_core import (
    SGD,
    BatchNormLayer,
    Fused,
    InnerProductLayer,
    Layer,
    NeuronLayer,
    Neurons,
    ScaleLayer,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
)
from mocha_core.blob import BlobSpec
from mocha_core.layer import Values
from mocha_core.net import Net
from mocha_core.testing import ReferenceBackend

from .nets import CLASSES, data, samples
from .slope import assert_gradients_are_slopes

BN = BatchNormLayer(name="bn", bottoms=["ip1"], tops=["normal"], moving_average=0.5)


def layers(norm: Layer = BN) -> list[Layer]:
    return [
        data(),
        InnerProductLayer(name="ip1", output_dim=7, bottoms=["data"], tops=["ip1"]),
        norm,
        ScaleLayer(name="scale", bias=True, bottoms=["normal"], tops=["scaled"]),
        NeuronLayer(name="swish", neuron=Neurons.Swish(), bottoms=["scaled"]),
        InnerProductLayer(name="ip2", output_dim=CLASSES, bottoms=["scaled"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def values(net: Net) -> dict[str, np.ndarray]:
    return {p.path: p.blob.to_array() for p in net.all_parameters}


def train(net: Net, max_iter: int, folder: Path | None = None, load_from: Path | str = "") -> Net:
    solver = Solver(SGD(), {"max_iter": max_iter, "load_from": load_from})
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=3)
    solver.solve(net)
    return net


def test_gradients_are_slopes() -> None:
    net = Net("n", ReferenceBackend(), layers(), dtype="float64")
    net.init()
    net.forward_backward()
    assert_gradients_are_slopes(net)


def test_each_forward_counts_its_batch_once() -> None:
    net = Net("n", ReferenceBackend(), layers(), dtype="float64", keep="all")
    net.init()
    assert values(net)["bn___var"].tolist() == [1.0] * 7
    seen = [_mean_after_forward(net) for _ in range(3)]
    weights = np.array([0.25, 0.5, 1.0])
    np.testing.assert_allclose(values(net)["bn___mean"], weights @ seen / weights.sum(), rtol=1e-12)
    assert values(net)["bn___count"].tolist() == [weights.sum()]


def _mean_after_forward(net: Net) -> np.ndarray:
    net.forward()
    return np.asarray(net.blob("ip1").to_array().mean(axis=0))


def test_a_net_for_testing_shares_the_averages_and_leaves_them_alone() -> None:
    backend = ReferenceBackend()
    learner = train(Net("n", backend, layers(), dtype="float64"), 4)
    tester = Net("t", backend, layers(), phase="test", dtype="float64", keep="all")
    before = values(learner)
    tester.forward()
    after = values(learner)
    assert all(np.array_equal(before[path], after[path]) for path in before)
    x, normal = tester.blob("ip1").to_array(), tester.blob("normal").to_array()
    mean, var = after["bn___mean"], after["bn___var"]
    np.testing.assert_allclose(normal, (x - mean) / np.sqrt(var + 1e-5), rtol=1e-12, atol=1e-12)


def test_what_is_predicted_for_a_sample_does_not_depend_on_the_others() -> None:
    net = train(Net("n", ReferenceBackend(), layers(), dtype="float64"), 4)
    x, _ = samples()
    whole = net.predict(x)
    np.testing.assert_allclose(net.predict(x[:1]), whole[:1], rtol=1e-12)


def test_a_resumed_training_is_the_uninterrupted_one(tmp_path: Path) -> None:
    whole = train(Net("n", ReferenceBackend(), layers()), 9)
    train(Net("n", ReferenceBackend(), layers()), 5, tmp_path)
    resumed = train(Net("n", ReferenceBackend(), layers()), 9, load_from=tmp_path)
    same = values(resumed)
    assert {path: array.tobytes() for path, array in values(whole).items()} == {p: a.tobytes() for p, a in same.items()}


def test_running_statistics_may_be_used_in_training_too() -> None:
    net = Net("n", ReferenceBackend(), layers(BN.replace(statistics="running")), dtype="float64")
    train(net, 3)
    assert values(net)["bn___count"].tolist() == [0.0]
    assert_gradients_are_slopes(net)


@pytest.mark.parametrize("phase", ["train", "test"])
def test_a_fusion_keeps_the_averages_too(phase: str) -> None:
    relu = NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["normal"])
    fused = Fused.of(BN, relu)
    x = samples()[0][:4]
    params = {p.name: np.full(p.shape, 0.5) for p in fused.plan((BlobSpec(x.shape, "float64"),)).params}
    v = Values(xs=(x,), params=params, phase=phase)
    assert fused.updates(np, v).keys() == BN.updates(np, v).keys()
