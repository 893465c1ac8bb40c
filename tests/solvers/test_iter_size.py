"""`iter_size`: the mean gradient of several batches, as of one large batch."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import InnerProductLayer, L2Regu, MemoryDataLayer, Net, Neurons, SoftmaxLossLayer
from mocha_core.coffee import Coffee
from mocha_core.errors import NumericalError
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, solve
from mocha_core.testing.backends import ReferenceBackend

from .fake_net import BATCHES, FakeNet, trained
from .running import METHODS, roundings, trajectory

HALF = {"lr_policy": LRPolicy.Fixed(0.5)}
CLASSES = 3


def train(batch_size: int, method=METHODS[0], updates: int = 4, **options) -> dict[str, np.ndarray]:
    """A net of two layers on 24 samples, in float64."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(24, 5)), rng.integers(0, CLASSES, (24, 1)).astype(float)
    regu = {"weight_regu": L2Regu(1.0)}
    layers = [
        MemoryDataLayer(name="data", data=[x, y], batch_size=batch_size),
        InnerProductLayer(name="ip1", output_dim=6, neuron=Neurons.Tanh(), bottoms=["data"], tops=["ip1"], **regu),
        InnerProductLayer(name="ip2", output_dim=CLASSES, bottoms=["ip1"], tops=["ip2"], **regu),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]
    with Net("small", ReferenceBackend(seed=2), layers, dtype="float64") as net:
        solve(Solver(method, {"max_iter": updates, "regu_coef": 0.01, **options}), net)
        return {p.path: p.blob.to_array() for p in net.all_parameters}


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_four_batches_of_three_are_one_of_twelve(method):
    many, one = train(3, method, iter_size=4), train(12, method)
    for path in one:
        assert many[path] == pytest.approx(one[path], rel=0, abs=roundings("float64", 24 * 5 * 6 * 100))
    assert not np.array_equal(one["ip1___weight"], train(3, method)["ip1___weight"])


def test_the_gradients_of_each_batch_count_once():
    # targets 0, 1, 2, 3 in turn; two batches an update: mean targets 0.5, 2.5, 0.5
    assert trajectory(SGD(), FakeNet(data=1.0), 3, iter_size=2, **HALF) == [0.75, 1.625, 1.0625]


def test_what_is_clipped_is_the_sum():
    """Gradients 4 and 3: their sum, 7, is scaled to 2, then halved."""
    assert trajectory(SGD(), FakeNet(start=4.0, data=1.0), 1, iter_size=2, clip_gradients=2.0, **HALF) == [4 - 0.5]


def test_regularisation_counts_once():
    net = FakeNet(start=4.0, regularizer=L2Regu(0.5))
    assert trajectory(SGD(), net, 1, iter_size=3, regu_coef=1.0, **HALF) == [4 - 0.5 * (4 + 4)]


class Watch(Coffee):
    """Notes the objective and the batch at each break; may interrupt."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int, float]] = []

    def enjoy(self, lounge, net, state) -> None:
        self.seen.append((state.iter, net.batch, state.obj_val))


def test_the_objective_is_that_of_the_first_batch_of_the_next_update():
    solver = Solver(SGD(), {"max_iter": 2, "iter_size": 2, "regu_coef": 0.0, **HALF})
    watch = Watch()
    solver.add_coffee_break(watch, every_n_iter=1)
    solve(solver, FakeNet(data=1.0))
    assert watch.seen == [(0, 0, 0.5), (1, 2, (0.75 - 2) ** 2 / 2), (2, 0, 1.625**2 / 2)]


def test_a_layer_that_thaws_starts_its_sum_afresh():
    """Whatever was summed for it before it was frozen is past."""
    net = FakeNet(data=1.0, shapes={"a___weight": (1,), "b___weight": (1,)})

    class Freeze(Coffee):
        def enjoy(self, lounge, net, state) -> None:
            (net.freeze if state.iter == 1 else net.unfreeze)("a")

    solver = Solver(SGD(), {"max_iter": 3, "iter_size": 2, "regu_coef": 0.0, **HALF})
    solver.add_coffee_break(Freeze(), every_n_iter=1)
    solve(solver, net)
    # a: towards 0.5, frozen, towards 0.5
    assert net.values()["a___weight"].tolist() == [0.625]


@pytest.mark.parametrize("passes", range(1, 8))
def test_interrupted_among_its_batches_training_goes_on_with_the_first_of_them(passes):
    options = {"iter_size": 3, "regu_coef": 0.0, "mom_policy": MomPolicy.Fixed(0.5), "lr_policy": LRPolicy.Fixed(0.1)}
    whole, net = FakeNet(data=0.5, noise=0.1), FakeNet(data=0.5, noise=0.1)
    solve(Solver(SGD(), {"max_iter": BATCHES, **options}), whole)
    solver = Solver(SGD(), {"max_iter": BATCHES, **options})
    backward, left = net.backward, iter(range(passes))

    def interrupted() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        backward()

    net.backward = interrupted
    with pytest.raises(KeyboardInterrupt):
        solve(solver, net)
    net.backward = backward
    solve(solver, net)
    parameters, others = trained(net.values()), trained(whole.values())
    assert parameters["ip___weight"] == others["ip___weight"]


def test_a_bad_batch_among_them_is_an_error_before_the_update():
    class Second(FakeNet):
        def forward(self) -> float:
            return float("nan") if self.position == 1 else FakeNet.forward(self)

    with pytest.raises(NumericalError, match="is nan after 0 updates"):
        trajectory(SGD(), Second(data=1.0), 1, iter_size=2)
