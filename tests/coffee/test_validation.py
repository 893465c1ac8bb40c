"""ValidationPerformance: one pass through the same samples each time, its lines and its listeners."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    BatchNormLayer,
    DropoutLayer,
    ElementWiseLayer,
    InnerProductLayer,
    Layer,
    MemoryDataLayer,
    Net,
    RandomCrop,
    RandomNormalLayer,
    RNNLayer,
    SoftmaxLossLayer,
    SquareLossLayer,
)
from mocha_core.coffee import Snapshot, ValidationPerformance, register
from mocha_core.errors import OptionError
from mocha_core.solvers import SGD, LRPolicy, Solver, solve
from mocha_core.testing.backends import ReferenceBackend


def nets(samples: int = 10) -> tuple[Net, Net]:
    """A training net and a validation net whose 10 samples do not fit into batches of 4."""
    backend = ReferenceBackend(seed=1)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(samples, 3)), rng.integers(0, 2, (samples, 1)).astype(float)
    data = MemoryDataLayer(name="data", data=[x, y], batch_size=4)
    body = [
        InnerProductLayer(name="ip", output_dim=2, bottoms=["data"], tops=["ip"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]
    accuracy = AccuracyLayer(name="accuracy", bottoms=["ip", "label"])
    return Net("train", backend, [data, *body]), Net("test", backend, [data, *body, accuracy], phase="test")


def train(coffee: ValidationPerformance, net: Net, max_iter: int = 2, **params) -> Solver:
    solver = Solver(SGD(), {"max_iter": max_iter, **params})
    solver.add_coffee_break(coffee, every_n_iter=1)
    solve(solver, net)
    return solver


def test_what_is_no_net_is_refused_at_once():
    with pytest.raises(OptionError, match="ValidationPerformance needs a net, built with phase='test', not ndarray"):
        ValidationPerformance(np.ones((3, 3)))


def test_the_lines(caplog):
    caplog.set_level(logging.INFO, "mocha")
    net, test_net = nets()
    train(ValidationPerformance(test_net), net, max_iter=0)
    expected = ["  " + line for line in test_net.statistic_lines()]
    assert len(expected) == 2
    rule = "-" * 57
    assert caplog.messages == ["", "## Performance on Validation Set after 0 iterations", rule, *expected, rule, ""]


def test_every_validation_counts_the_same_samples_once():
    net, test_net = nets()
    coffee, lines = ValidationPerformance(test_net), set()
    coffee.register(lambda lounge, net, state: lines.add(tuple(test_net.statistic_lines())))
    solver = train(coffee, net, max_iter=5, lr_policy=LRPolicy.Fixed(0.0))
    for records in solver.coffee_lounge.statistics.values():
        assert len(records) == 6
        assert len(set(records.values())) == 1
    assert len(lines) == 1
    assert "avg over 10" in "".join(*lines)


def test_full_batches_only_on_request():
    net, test_net = nets()
    train(ValidationPerformance(test_net, exact=False), net)
    assert "avg over 12" in test_net.statistic_lines()[0]  # three batches of four


def test_listeners_are_told_after_the_statistics_are_in():
    net, test_net = nets()
    coffee, heard = ValidationPerformance(test_net), []
    register(coffee, lambda lounge, of, state: heard.append((of is net, state.iter, sorted(lounge.statistics))))
    train(coffee, net)
    assert heard == [(True, i, ["accuracy-accuracy", "loss-softmax-loss"]) for i in range(3)]


def noisy() -> tuple[Net, Net]:
    """A training net, and a validation net that adds noise to its samples."""
    net, test_net = nets()
    data, *body = test_net.given
    noise = RandomNormalLayer(name="noise", tops=["noise"], output_dims=[3], batch_sizes=[4])
    add = ElementWiseLayer(name="add", bottoms=["data", "noise"], tops=["noisy"])
    layers = [data, noise, add, body[0].replace(bottoms=["noisy"]), *body[1:]]
    return net, Net("noisy", test_net.backend, layers, phase="test")


def test_every_validation_has_the_same_noise():
    net, test_net = noisy()
    solver = train(ValidationPerformance(test_net), net, max_iter=3, lr_policy=LRPolicy.Fixed(0.0))
    losses = solver.coffee_lounge.get_statistics("loss-softmax-loss")
    assert len(losses) == 4
    assert len(set(losses.values())) == 1
    assert net.random_state() == {}


def test_with_noise_a_resumed_training_is_the_uninterrupted_one(tmp_path):
    def run(folder, max_iter: int) -> dict[str, dict[int, float]]:
        net, test_net = noisy()
        solver = Solver(SGD(), {"max_iter": max_iter, "load_from": folder})
        solver.add_coffee_break(Snapshot(folder), every_n_iter=4)
        solver.add_coffee_break(ValidationPerformance(test_net), every_n_iter=2)
        solve(solver, net)
        return solver.coffee_lounge.statistics

    whole = run(tmp_path / "whole", 8)
    run(tmp_path / "halves", 4)
    assert run(tmp_path / "halves", 8) == whole
    assert len(set(whole["loss-softmax-loss"].values())) == 5


def test_the_training_net_itself_is_refused():
    net, _ = nets()
    with pytest.raises(OptionError, match="the training net 'train' itself"):
        train(ValidationPerformance(net), net)


def pair(backends: list[ReferenceBackend], body: list[Layer], other: list[Layer] | None = None, phase: str = "test"):
    """A training net and a validation net, the latter perhaps of other layers; `MemoryData`, a loss, an accuracy."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)), rng.integers(0, 2, (8, 1)).astype(float)
    data = MemoryDataLayer(name="data", data=[x, y], batch_size=4)
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])
    accuracy = AccuracyLayer(name="accuracy", bottoms=["ip", "label"])
    net = Net("train", backends[0], [data, *body, loss])
    return net, Net("test", backends[-1], [data, *(other or body), accuracy], phase=phase)


def ip(name: str = "ip") -> InnerProductLayer:
    return InnerProductLayer(name=name, output_dim=2, bottoms=["data"], tops=["ip"])


def test_a_net_that_shares_nothing_is_refused():
    nothing = r"net 'test' shares no parameter with net 'train'.*on one backend, or with one ParameterStore"
    net, test_net = pair([ReferenceBackend(), ReferenceBackend()], [ip()])
    with pytest.raises(OptionError, match=nothing):
        train(ValidationPerformance(test_net), net)
    net, test_net = pair([ReferenceBackend()], [ip()], [ip("other")])
    test_net.init()  # it may well have values
    with pytest.raises(OptionError, match=nothing):
        train(ValidationPerformance(test_net), net)


def test_initial_values_of_its_own_are_told(caplog):
    first = InnerProductLayer(name="ip1", output_dim=2, bottoms=["data"], tops=["ip1"])
    upper = [ip(name).replace(bottoms=["ip1"]) for name in ("ip", "another")]
    net, test_net = pair([ReferenceBackend()], [first, upper[0]], [first, upper[1]])
    train(ValidationPerformance(test_net), net)
    (message,) = caplog.messages
    assert "net 'test' tests with initial values of another___weight, another___bias" in message.lower()


def test_parameters_of_its_own_that_were_loaded_are_no_mistake(caplog):
    first = InnerProductLayer(name="ip1", output_dim=2, bottoms=["data"], tops=["ip1"])
    upper = [ip(name).replace(bottoms=["ip1"]) for name in ("ip", "another")]
    net, test_net = pair([ReferenceBackend()], [first, upper[0]], [first, upper[1]])
    for parameter in test_net.all_parameters:
        parameter.load(np.ones(parameter.blob.shape))
    train(ValidationPerformance(test_net), net)
    assert not caplog.messages


def test_what_layers_remember_is_each_nets_own(caplog):
    arrays = [np.zeros((6, 2, 3)), np.ones((6, 2)), np.zeros((6, 2, 4))]
    steps = MemoryDataLayer(name="data", data=arrays, tops=["data", "cont", "label"], batch_size=3)
    layers = [
        steps,
        RNNLayer(name="rnn", output_dim=4, stateful=True, bottoms=["data", "cont"], tops=["h"]),
        SquareLossLayer(name="loss", bottoms=["h", "label"]),
    ]
    backend = ReferenceBackend()
    net, test_net = Net("train", backend, layers), Net("test", backend, layers, phase="test")
    assert {p.path for p in test_net.all_parameters} - {p.path for p in net.all_parameters}
    train(ValidationPerformance(test_net), net)
    assert not caplog.messages


PHASED = {
    "drop": DropoutLayer(name="drop", bottoms=["ip"]),
    "norm": BatchNormLayer(name="norm", bottoms=["ip"], tops=["norm"]),
}


@pytest.mark.parametrize("name", PHASED)
def test_the_train_phase_is_refused_where_a_layer_does_something_else_in_it(name):
    net, test_net = pair([ReferenceBackend()], [ip(), PHASED[name]], phase="train")
    told = f"net 'test' was built with phase='train', in which {name} would not .* build it with phase='test'"
    before = {p.path: p.ready for p in test_net.all_parameters}
    with pytest.raises(OptionError, match=told):
        ValidationPerformance(test_net).init(net, None)
    assert {p.path: p.ready for p in test_net.all_parameters} == before


def test_random_crops_are_of_the_train_phase_too():
    images = MemoryDataLayer(
        name="data",
        data=[np.zeros((4, 1, 4, 4)), np.zeros((4, 1))],
        batch_size=4,
        transformers=[("data", RandomCrop((3, 3)))],
    )
    backend = ReferenceBackend()
    layers = [images, ip(), SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])]
    with pytest.raises(OptionError, match="in which data would not"):
        ValidationPerformance(Net("test", backend, layers)).init(Net("train", backend, layers), None)


def test_nets_that_do_the_same_in_both_phases_may_be_built_for_either():
    net, test_net = pair([ReferenceBackend()], [ip()], phase="train")
    train(ValidationPerformance(test_net), net)


def test_the_validation_net_can_still_be_used_afterwards():
    net, test_net = nets()
    train(ValidationPerformance(test_net), net)
    test_net.forward()
