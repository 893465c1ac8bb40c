"""Caffe's learning-rate policies."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from mocha_caffe import CaffeLR
from mocha_caffe.formats import read_solver
from mocha_caffe.solving.rates import rate_of
from mocha_core import OptionError
from tests.oracles.dumps import read

MULTISTEP = CaffeLR(policy="multistep", base=0.5, gamma=0.5, steps=(2, 5))
SIGMOID = CaffeLR(policy="sigmoid", base=0.5, gamma=-0.5, stepsize=4)
POLICIES = {
    "fixed": (CaffeLR(policy="fixed", base=0.5), lambda i: 0.5),
    "step": (CaffeLR(policy="step", base=0.5, gamma=0.25, stepsize=3), lambda i: 0.5 * 0.25 ** (i // 3)),
    "exp": (CaffeLR(policy="exp", base=0.5, gamma=0.75), lambda i: 0.5 * 0.75**i),
    "inv": (CaffeLR(policy="inv", base=0.5, gamma=0.25, power=0.75), lambda i: 0.5 * (1 + 0.25 * i) ** -0.75),
    "multistep": (MULTISTEP, lambda i: 0.5 / [1, 2, 4][(i > 1) + (i > 4)]),
    "poly": (CaffeLR(policy="poly", base=0.5, power=2.0, max_iter=8), lambda i: 0.5 * max(1 - i / 8, 0) ** 2),
    "sigmoid": (SIGMOID, lambda i: 0.5 / (1 + math.exp(0.5 * (i - 4)))),
}
ORACLES = ("adagrad", "adam", "nesterov", "rmsprop", "sgd_fixed", "sgd_fixed_nomom", "sgd_inv", "sgd_l1", "sgd_step")


@pytest.mark.parametrize("name", POLICIES)
def test_update_k_has_the_value_at_k_minus_one(name):
    policy, formula = POLICIES[name]
    assert [policy(k) for k in range(1, 10)] == pytest.approx([formula(i) for i in range(9)], rel=1e-14)
    assert policy(0) == policy(1)


@pytest.mark.parametrize("name", ORACLES)
def test_the_rates_of_the_real_caffe_to_the_last_digit(name, shared: Path):
    folder = shared / "oracles" / "caffe" / "solvers"
    policy, caffe = rate_of(read_solver(folder / f"{name}.prototxt")), read(folder / f"{name}_float64.h5")["lr"]
    assert [policy(k) for k in range(1, len(caffe) + 1)] == caffe.tolist()


def test_gamma_times_i_is_rounded_to_single_precision():
    policy = CaffeLR(policy="inv", base=1.0, gamma=float(np.float32(0.1)), power=1.0)
    assert policy(8) == 1 / (1 + float(np.float32(0.1) * np.float32(7)))


def test_a_sigmoid_far_away_does_not_overflow():
    policy = CaffeLR(policy="sigmoid", base=1.0, gamma=-1.0, stepsize=10)
    assert policy(100_000) == pytest.approx(0.0, abs=1e-300)
    assert policy(1) == pytest.approx(1.0, rel=1e-4)


def test_the_number_of_changes():
    assert [POLICIES["step"][0].step(n) for n in range(8)] == [0, 0, 0, 0, 1, 1, 1, 2]
    assert [POLICIES["multistep"][0].step(n) for n in range(8)] == [0, 0, 0, 1, 1, 1, 2, 2]
    assert POLICIES["inv"][0].step(100) == 0


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"policy": "plateau"}, "lr_policy is one of fixed, step, .* not 'plateau'"),
        ({"policy": "step", "gamma": 0.1}, "step needs a stepsize"),
        ({"policy": "poly", "power": 1.0}, "poly needs a max_iter"),
        ({"policy": "inv", "gamma": -1.0, "power": 1.0}, "at least 0"),
        ({"policy": "exp", "gamma": math.inf}, "gamma is a finite number, not inf"),
    ],
)
def test_what_cannot_work_is_refused(options, fault):
    with pytest.raises(OptionError, match=fault):
        CaffeLR(base=0.1, **options)
