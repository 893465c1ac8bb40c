"""What holds for every method."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core import L2Cons
from mocha_core.errors import OptionError
from mocha_core.plugins.finding import find_solver
from mocha_core.solvers import SGD, Adadelta, Adagrad, Adam, AdamW, LRPolicy, RMSProp, make_solver_parameters
from mocha_core.testing.backends import ReferenceBackend, StrictBackend
from mocha_core.testing.option_values import NO_NUMBERS as STRANGE

from .fake_net import FakeNet
from .running import METHODS, roundings, trajectory

methods = pytest.mark.parametrize("method", METHODS, ids=repr)
RATE = 0.125
NO_NUMBERS = [value for value in STRANGE if not (isinstance(value, float) and value == math.inf)]


@methods
@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
def test_the_element_type_is_kept(method, backend):
    """On strict arrays a float64 anywhere in the rule would be an error by itself."""
    net = FakeNet(backend(), dtype="float32", shapes={"ip___weight": (3,)})
    trajectory(method, net, 2, lr_policy=LRPolicy.Fixed(RATE))
    assert net.values()["ip___weight"].dtype == np.float32


@methods
def test_both_element_types_go_the_same_way(method):
    double, single = (
        trajectory(method, FakeNet(dtype=d), 5, lr_policy=LRPolicy.Fixed(RATE)) for d in ("float64", "float32")
    )
    assert single == pytest.approx(double, rel=0, abs=roundings("float32", 15 * 5))
    assert double[-1] < 0.999


@methods
def test_the_multiplier_of_a_parameter_scales_its_learning_rate(method):
    once = trajectory(method, FakeNet(), 3, lr_policy=LRPolicy.Fixed(2 * RATE))
    assert trajectory(method, FakeNet(rate=2.0), 3, lr_policy=LRPolicy.Fixed(RATE)) == once


@methods
def test_a_multiplier_of_zero_leaves_the_parameter_alone(method):
    assert trajectory(method, FakeNet(rate=0.0), 2, lr_policy=LRPolicy.Fixed(RATE)) == [1.0, 1.0]


@methods
def test_the_policy_is_asked_at_every_update(method):
    """Update 1 has the rate of iteration 1; that of update 3 is zero."""
    found = trajectory(method, FakeNet(), 3, lr_policy=LRPolicy.Step(RATE, 0.0, 3))
    steady = trajectory(method, FakeNet(), 3, lr_policy=LRPolicy.Fixed(RATE))
    assert found[:2] == steady[:2]
    assert found[2] == found[1] != steady[2]


@methods
def test_a_gradient_of_zero_moves_nothing(method):
    assert trajectory(method, FakeNet(start=0.0), 2, lr_policy=LRPolicy.Fixed(RATE)) == [0.0, 0.0]


@methods
def test_constraints_are_applied_after_it(method):
    net = FakeNet(start=8.0, constraint=L2Cons(1.0, every_n_iter=1))
    found = trajectory(method, net, 1, lr_policy=LRPolicy.Fixed(0.001))
    assert found == pytest.approx([1.0], rel=0, abs=roundings("float64", 2))


@methods
def test_it_is_found_by_name(method):
    assert find_solver(type(method).__name__) is type(method)


def numbers(method) -> list[str]:
    """The parameters that are numbers, the common ones included."""
    params = make_solver_parameters(method, max_iter=10, clip_gradients=1.0)
    return [name for name, value in params.items() if isinstance(value, int | float) and not isinstance(value, bool)]


@methods
def test_a_parameter_that_is_a_number_takes_nothing_else(method):
    assert {"max_iter", "regu_coef", "iter_size", *method.constants} <= set(numbers(method))
    for name in numbers(method):
        for value in (*NO_NUMBERS, *([] if name == "max_iter" else [math.inf])):
            with pytest.raises(OptionError, match=f"^{name} is "):
                make_solver_parameters(method, **{"max_iter": 10, name: value})


@methods
def test_numbers_of_numpy_become_those_of_python(method):
    """A snapshot is JSON, which knows no other."""
    params = make_solver_parameters(method, max_iter=10, clip_gradients=1.0)
    for name in numbers(method):
        for kind in (np.float32, np.float64) if isinstance(params[name], float) else (np.int64, np.uint8, np.float32):
            given = kind(params[name])
            taken = params.replace(**{name: given})[name]
            assert (type(taken) in (int, float), taken) == (True, given)


@pytest.mark.parametrize(
    ("method", "options", "told"),
    [
        (Adam(), {"beta1": 1.0}, "beta1 is at least 0 and below 1, not 1.0"),
        (AdamW(), {"beta2": -0.1}, "beta2 is at least 0 and below 1, not -0.1"),
        (Adam(), {"epsilon": 0}, "epsilon is a number above 0, not 0"),
        (Adagrad(), {"gamma": -1.0}, "gamma is a number above 0, not -1.0"),
        (Adagrad(), {"eps": 1e-8}, r"Adagrad\(\) has no parameter 'eps'; did you mean 'epsilon'\?"),
        (Adadelta(), {"epsilon": 1e-8}, r"Adadelta\(\) has no parameter 'epsilon'; did you mean 'eps'\?"),
        (RMSProp(), {"rho": "0.9"}, "rho is at least 0 and below 1, not '0.9'"),
        (Adam(), {"momentum": 0.9}, "has no parameter 'momentum'; write beta1=0.9"),
        (Adagrad(), {"momentum": 0.9}, "has no parameter 'momentum'; known are: clip_gradients, epsilon, gamma,"),
        (RMSProp(), {"rms_decay": 0.9}, "has no parameter 'rms_decay'; write rho=0.9"),
        (Adadelta(), {"delta": 1e-6}, "has no parameter 'delta'; write eps=1e-06"),
        (SGD(), {"gamma": 0.5}, "has no parameter 'gamma'"),
    ],
)
def test_what_cannot_work_is_refused(method, options, told):
    with pytest.raises(OptionError, match=told):
        make_solver_parameters(method, max_iter=1, **options)
