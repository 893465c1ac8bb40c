"""Solver parameters: defaults, and explanations for what is unknown or cannot work."""

from __future__ import annotations

import math

import pytest

from mocha_core.errors import OptionError
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, make_solver_parameters


def test_defaults():
    params = make_solver_parameters(SGD(), max_iter=10)
    assert dict(params) == {
        "max_iter": 10,
        "regu_coef": 0.0005,
        "load_from": "",
        "load_solver_state": True,
        "clip_gradients": None,
        "iter_size": 1,
        "lr_policy": LRPolicy.Fixed(0.01),
        "mom_policy": MomPolicy.Fixed(0.0),
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"momentum": 0.9}, r"mom_policy=MomPolicy\.Fixed\(0\.9\)"),
        ({"base_lr": 0.1}, r"lr_policy=LRPolicy\.Fixed\(0\.1\)"),
        ({"weight_decay": 0.1}, r"regu_coef=0\.1 .*half of Caffe's"),
        ({"max_iters": 10}, "did you mean 'max_iter'"),
        ({"regu_coeff": 0.1}, "did you mean 'regu_coef'"),
        ({"beta1": 0.9}, "known are: .*lr_policy"),
    ],
)
def test_an_unknown_name_is_explained(options, told):
    with pytest.raises(OptionError, match=told):
        make_solver_parameters(SGD(), max_iter=10, **options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"regu_coef": -0.1}, "regu_coef is at least 0, not -0.1"),
        ({"regu_coef": math.nan}, "regu_coef is at least 0"),
        ({"max_iter": -1}, "max_iter is a number of updates"),
        ({"max_iter": 1.5}, "max_iter is a number of updates"),
        ({"max_iter": math.nan}, "max_iter is a number of updates"),
        ({"max_iter": 10**400}, "max_iter is a number of updates"),
        ({"lr_policy": 0.1}, r"lr_policy is a policy such as LRPolicy.Fixed\(0.1\)"),
        ({"mom_policy": LRPolicy.Fixed(0.9)}, r"mom_policy is a policy such as MomPolicy.Fixed\(0.9\)"),
        ({"load_from": None}, "load_from is a path"),
        ({"clip_gradients": 0}, "clip_gradients is a number above 0, not 0"),
        ({"clip_gradients": -1}, "clip_gradients is a number above 0, not -1"),
        ({"iter_size": 0}, "iter_size is a number of batches, at least 1, not 0"),
        ({"iter_size": 1.5}, "iter_size is a number of batches, at least 1, not 1.5"),
        ({"iter_size": math.inf}, "iter_size is a number of batches, at least 1, not inf"),
        ({"iter_size": math.nan}, "iter_size is a number of batches, at least 1, not nan"),
        ({"load_solver_state": "no"}, "load_solver_state is True or False"),
    ],
)
def test_impossible_values_are_refused(options, told):
    with pytest.raises(OptionError, match=told):
        make_solver_parameters(SGD(), **{"max_iter": 10, **options})


def test_how_long_to_train_must_be_said():
    with pytest.raises(OptionError, match="max_iter is missing"):
        make_solver_parameters(SGD())
    assert make_solver_parameters(SGD(), max_iter=math.inf)["max_iter"] == math.inf


def test_a_copy_with_other_values_is_checked_too():
    params = make_solver_parameters(SGD(), max_iter=10)
    assert params.replace(max_iter=20)["max_iter"] == 20
    with pytest.raises(OptionError, match="max_iter"):
        params.replace(max_iter=-1)


def test_a_solver_takes_a_plain_mapping_and_checks_it():
    assert Solver(SGD(), {"max_iter": 5}).params["regu_coef"] == 0.0005
    with pytest.raises(OptionError, match="mom_policy"):
        Solver(SGD(), {"max_iter": 5, "momentum": 0.9})
    with pytest.raises(OptionError, match="a method such as SGD"):
        Solver(SGD, {"max_iter": 5})
