"""ValidationPerformance: one pass through the same samples each time, its lines and its listeners."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_core import AccuracyLayer, InnerProductLayer, MemoryDataLayer, Net, SoftmaxLossLayer
from mocha_core.coffee import ValidationPerformance, register
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


def test_the_training_net_itself_is_refused():
    net, _ = nets()
    with pytest.raises(OptionError, match="the training net 'train' itself"):
        train(ValidationPerformance(net), net)


def test_the_validation_net_can_still_be_used_afterwards():
    net, test_net = nets()
    train(ValidationPerformance(test_net), net)
    test_net.forward()
