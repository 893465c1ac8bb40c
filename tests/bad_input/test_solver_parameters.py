"""Solver parameters that do not exist or cannot work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mocha_core import SGD, LRPolicy, OptionError, Solver, make_solver_parameters

from .newcomer import Case, check


def unknown(name: str, value: Any, *says: str) -> Case:
    return Case(
        OptionError,
        [f"SGD() has no parameter {name!r}", *says],
        params={name: value},
        toml=("max_iter = 16", f"max_iter = 16\n{name} = {value}"),
    )


def wrong(params: dict[str, Any], toml: tuple[str, str], *says: str) -> Case:
    return Case(OptionError, says, params=params, toml=toml)


RATE = 'lr_policy = "LRPolicy.Fixed(0.1)"'

CASES = {
    "near": unknown("regu_coeff", 0.1, "did you mean 'regu_coef'?"),
    "nearer": unknown("max_iters", 3, "did you mean 'max_iter'?"),
    "of Caffe": unknown("weight_decay", 0.0005, "write regu_coef=0.0005", "half of Caffe's"),
    "of Mocha.jl": unknown("momentum", 0.9, "write mom_policy=MomPolicy.Fixed(0.9)"),
    "of others": unknown("learning_rate", 0.1, "write lr_policy=LRPolicy.Fixed(0.1)"),
    "far": unknown("gamma", 0.1, "known are: clip_gradients, iter_size, load_from"),
    "a text": wrong({"max_iter": "16"}, ("= 16", '= "16"'), "max_iter is a number of updates, at least 0, not '16'"),
    "negative": wrong({"max_iter": -1}, ("= 16", "= -1"), "max_iter is a number of updates, at least 0, not -1"),
    "no policy": wrong({"lr_policy": 0.1}, (RATE, "lr_policy = 0.1"), "a policy such as LRPolicy.Fixed(0.1), not 0.1"),
    "no path": wrong(
        {"load_from": 5}, ('load_from = "snapshots"', "load_from = 5"), 'load_from is a path ("" for none), not 5'
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


@pytest.mark.parametrize("give", [make_solver_parameters, lambda m, **options: Solver(m, options)])
def test_the_class_instead_of_a_method(give: Any) -> None:
    with pytest.raises(OptionError, match=r"a method such as SGD\(\), not <class"):
        give(SGD, max_iter=3)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: LRPolicy.Step(0.1), r"LRPolicy.Step needs gamma and stepsize; write LRPolicy.Step\(gamma=..., ...\)"),
        (lambda: LRPolicy.Fixed("0.1"), "LRPolicy.Fixed: base is a finite number, not '0.1'"),
        (lambda: LRPolicy.Fixed(0.1, 0.2), r"LRPolicy.Fixed cannot tell which .* write LRPolicy.Fixed\(base=...\)"),
        (lambda: LRPolicy.Fixed(0.1, base=0.2), "LRPolicy.Fixed cannot tell which options are meant"),
        (lambda: LRPolicy.Fixed(rate=0.1), "LRPolicy.Fixed has no option 'rate'"),
        (lambda: LRPolicy.Step(0.1, 0.5, 2.5), "LRPolicy.Step: stepsize is a whole number, not 2.5"),
    ],
)
def test_policies(make: Any, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        make()
