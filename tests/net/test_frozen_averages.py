"""Batch normalisation that is frozen: with its running averages, which stay, on every backend and in every loop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    SGD,
    BatchNormLayer,
    Coffee,
    ConvolutionLayer,
    FreezeStages,
    InnerProductLayer,
    Layer,
    MemoryDataLayer,
    Net,
    Neurons,
    ParameterStore,
    Snapshot,
    SoftmaxLossLayer,
    Solver,
    SolverError,
)
from mocha_core.testing import ReferenceBackend
from mocha_core.testing.opening import opened

from .slope import assert_gradients_are_slopes

BN = BatchNormLayer(name="bn", bottoms=["c1"], tops=["bn"], moving_average=0.5)
STAGES = ((2, []), (2, ["bn"]), (1, []))
Values = dict[str, np.ndarray[Any, Any]]

on_each_backend = pytest.mark.parametrize("name", ["reference", "cpu", "cython"])


def layers(norm: Layer = BN) -> list[Layer]:
    rng = np.random.default_rng(4)
    images, labels = rng.normal(1, 2, (12, 3, 6, 6)), rng.integers(0, 3, (12, 1)).astype(float)
    return [
        MemoryDataLayer(data=[images, labels], batch_size=4),
        ConvolutionLayer(name="c1", n_filter=5, kernel=(3, 3), bottoms=["data"], tops=["c1"]),
        norm,
        ConvolutionLayer(name="c2", n_filter=4, kernel=(2, 2), neuron=Neurons.Tanh(), bottoms=["bn"], tops=["c2"]),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["c2"], tops=["ip"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]


def built(name: str = "reference", norm: Layer = BN, dtype: str = "float32") -> Net:
    """A net on a store of its own, whose averages are those of a long training."""
    backend = opened(name)
    net = Net("n", backend, layers(norm), dtype=dtype, gradients=["data"], parameters=ParameterStore(backend))
    given = {"bn___mean": np.linspace(-1, 1, 5), "bn___var": np.linspace(0.5, 3, 5), "bn___count": np.full(1, 2.0)}
    for parameter in net.all_parameters:
        if parameter.path in given:
            parameter.load(given[parameter.path])
    net.init()
    return net


def values(net: Net, key: str = "") -> dict[str, bytes]:
    return {p.path: p.blob.to_array().tobytes() for p in net.all_parameters if p.path.startswith(key)}


def gradients(net: Net) -> Values:
    found = {t.parameter.path: t.diff.to_array() for t in net.trainable}
    return found | {"data": net.diff("data").to_array()}


def train(net: Net, *breaks: Coffee, max_iter: int, **params: Any) -> Net:
    solver = Solver(SGD(), {"max_iter": max_iter, **params})
    for each in breaks:
        solver.add_coffee_break(each, every_n_iter=1)
    solver.solve(net)
    return net


@on_each_backend
def test_loss_and_gradients_are_those_with_running_averages(name: str) -> None:
    frozen, running = built(name), built(name, BN.replace(statistics="running"))
    before = values(frozen, "bn")
    frozen.freeze("bn")
    for _ in range(2):
        assert frozen.forward_backward() == running.forward_backward()
        want, got = gradients(running), gradients(frozen)
        assert want.keys() == got.keys()
        assert np.abs(want["c1___filter"]).max() > 0
        for path, gradient in want.items():
            np.testing.assert_array_equal(got[path], gradient)
    assert values(frozen, "bn") == before


def test_gradients_are_slopes() -> None:
    net = built(dtype="float64")
    net.freeze("bn")
    assert_gradients_are_slopes(net)


@on_each_backend
def test_thawed_it_is_as_if_it_had_never_been_frozen(name: str) -> None:
    whole, thawed = built(name), built(name)
    thawed.freeze("bn", "c2")
    thawed.unfreeze_all()
    for net in (whole, thawed):
        net.forward_backward()
    assert values(whole) == values(thawed)
    want, got = gradients(whole), gradients(thawed)
    assert all(np.array_equal(want[path], got[path]) for path in want)


@on_each_backend
def test_freezing_other_layers_between_forward_and_backward_changes_nothing_above(name: str) -> None:
    """Kernels are built anew; what they need of the forward is in memory that stays."""
    whole, other = built(name), built(name)
    for net in (whole, other):
        net.forward()
    other.freeze("c1")
    other.unfreeze("c1")
    for net in (whole, other):
        net.backward()
    want, got = gradients(whole), gradients(other)
    assert all(np.array_equal(want[path], got[path]) for path in want)


def test_the_batch_s_statistics_stay_if_the_layer_says_so() -> None:
    frozen, free = (built(norm=BN.replace(statistics="batch")) for _ in range(2))
    before = values(frozen, "bn")
    frozen.freeze("bn")
    assert frozen.forward_backward() == free.forward_backward()
    assert values(frozen, "bn") == before != values(free, "bn")
    want, got = gradients(free), gradients(frozen)
    assert all(np.array_equal(want[path], got[path]) for path in want)


def test_a_layer_that_shares_the_averages_leaves_them_alone_too() -> None:
    more = [BN.replace(param_key="averages"), BN.replace(name="again", tops=["again"], param_key="averages")]
    data, conv, _, *rest = layers()
    net = Net("n", ReferenceBackend(), [data, conv, *more, *rest])
    net.init()
    before = values(net, "averages")
    net.freeze("again")
    net.forward()
    assert values(net, "averages") == before
    net.unfreeze("again")
    net.forward()
    assert values(net, "averages") != before


def test_a_forward_from_before_has_no_backward() -> None:
    net = built()
    net.forward()
    net.freeze("bn")
    with pytest.raises(SolverError, match=r"net 'n': the running averages of 'bn' .* call net.forward\(\) again"):
        net.backward()
    net.forward()
    net.backward()
    net.unfreeze("bn")
    with pytest.raises(SolverError, match="'bn' were frozen or thawed"):
        net.backward()
    net.freeze("bn")
    net.backward()


class Freeze(Coffee):
    """Freezes at one iteration."""

    def __init__(self, iteration: int) -> None:
        self.iteration, self.seen = iteration, dict[str, bytes]()

    def enjoy(self, lounge, net, state) -> None:
        if state.iter == self.iteration:
            net.freeze("bn")
            self.seen = values(net, "bn")


@on_each_backend
def test_a_break_may_freeze_it(name: str) -> None:
    """The update after it has the gradients of a forward with the averages."""
    coffee = Freeze(2)
    net, other = train(built(name), coffee, max_iter=3), built(name)
    solver = Solver(SGD(), {"max_iter": 2})
    solver.solve(other)
    other.freeze("bn")
    solver.params = solver.params.replace(max_iter=3)
    solver.solve(other)
    assert values(net) == values(other)
    assert values(net, "bn") == coffee.seen


def test_frozen_from_the_start_no_batch_counts() -> None:
    net = built()
    before = values(net, "bn")
    train(net, FreezeStages((3, ["bn"]), (1, [])), max_iter=2)
    assert values(net, "bn") == before


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5])
def test_stages_resumed_are_the_same_training(cut: int, tmp_path: Path) -> None:
    whole = train(built(), FreezeStages(*STAGES), max_iter=6)
    train(built(), FreezeStages(*STAGES), Snapshot(tmp_path), max_iter=cut)
    resumed = train(built(), FreezeStages(*STAGES), max_iter=6, load_from=tmp_path)
    assert values(resumed) == values(whole)
