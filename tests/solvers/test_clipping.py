"""`clip_gradients`: the norm over all parameters, before regularisation, only downwards."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import L2Regu
from mocha_core.errors import NumericalError
from mocha_core.solvers import SGD, Adam, LRPolicy, Solver, solve
from mocha_core.solvers.gradients import global_norm
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import roundings, trajectory

HALF = {"lr_policy": LRPolicy.Fixed(0.5)}


def train(net: FakeNet, updates: int = 1, **options) -> dict[str, np.ndarray]:
    solve(Solver(SGD(), {"max_iter": updates, "regu_coef": 0.0, **HALF, **options}), net)
    return net.values()


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_one_norm_for_all_parameters(backend, dtype):
    """Gradients 3, 3, 3, 3 in one parameter and 4 x 4 in another: a norm of 10, scaled by 0.5."""
    net = FakeNet(backend(), dtype=dtype, shapes={"a___weight": (2, 2), "b___weight": (4,)})
    net.parameters[0].load(np.full((2, 2), 3.0))
    net.parameters[1].load(np.full(4, 4.0))
    values = train(net, clip_gradients=5.0)
    bound = 4 * roundings(dtype, 12)
    assert values["a___weight"] == pytest.approx(np.full((2, 2), 3 - 0.5 * 1.5), rel=0, abs=bound)
    assert values["b___weight"] == pytest.approx(np.full(4, 4 - 0.5 * 2.0), rel=0, abs=bound)


def test_a_smaller_gradient_is_left_alone():
    assert trajectory(SGD(), FakeNet(), 3, clip_gradients=1.0, **HALF) == trajectory(SGD(), FakeNet(), 3, **HALF)


def test_frozen_parameters_do_not_count():
    net = FakeNet(shapes={"a___weight": (1,), "b___weight": (1,)})
    net.parameters[1].load([1000.0])
    net.freeze("b")
    assert train(net, clip_gradients=2.0)["a___weight"].tolist() == [0.5]


def test_parameters_that_do_not_learn_do_not_count():
    """Caffe computes no gradient of a blob with lr_mult 0."""
    net = FakeNet(shapes={"a___weight": (1,), "b___weight": (1,)}, rates={"b___weight": 0.0})
    net.parameters[1].load([1000.0])
    values = train(net, clip_gradients=2.0)
    assert (values["a___weight"].tolist(), values["b___weight"].tolist()) == ([0.5], [1000.0])


def test_regularisation_comes_after():
    net = FakeNet(start=4.0, regularizer=L2Regu(0.5))
    assert trajectory(SGD(), net, 1, clip_gradients=1.0, regu_coef=1.0, **HALF) == [4 - 0.5 * (1 + 4)]


def test_a_gradient_whose_squares_overflow_is_clipped_all_the_same():
    net = FakeNet(start=1e25, dtype="float32")
    net.forward = lambda: 0.0
    net.target = net.objective_now = 0.0
    train(net, clip_gradients=1e24)
    assert net.weight == pytest.approx(1e25 - 0.5e24, rel=roundings("float32", 4))


def test_the_norm():
    backend = ReferenceBackend()
    assert global_norm(backend, [np.array([3.0]), np.array([[0.0, -4.0]])]) == 5.0
    assert global_norm(backend, [np.zeros(3)]) == 0.0
    assert np.isnan(global_norm(backend, [np.array([1.0]), np.array([np.nan])]))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", [SGD(), Adam()], ids=repr)
def test_a_gradient_that_is_no_number_is_not_clipped_to_one(bad, method):
    """The next objective tells; what must not happen is that training goes on."""
    net = FakeNet()
    net.backward = lambda: net.diffs["ip___weight"].fill(bad)
    with pytest.raises(NumericalError, match="after 1 updates"):
        trajectory(method, net, 3, clip_gradients=1.0)
