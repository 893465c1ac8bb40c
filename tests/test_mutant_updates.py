"""The conformance kit catches planted bugs in update kernels and in solver methods."""

from __future__ import annotations

from typing import Any

import pytest

from mocha_core.solvers import SGD, Adam, SolverMethod
from mocha_core.solvers.method import GenericUpdate
from mocha_core.testing import CheckFailure, StrictBackend
from mocha_core.testing.checks import methods, updates
from mocha_core.testing.method_suite import ABOUT_METHOD
from mocha_core.testing.methods import METHODS, steered

from .mutants import updates as bugs

KERNELS: tuple[tuple[type[GenericUpdate], SolverMethod], ...] = (
    (bugs.ClimbsUp, SGD()),
    (bugs.TakesMomentumOfNow, SGD()),
    (bugs.ForgetsMultiplier, SGD()),
    (bugs.ForgetsRegularizer, SGD()),
    (bugs.TakesAnyPenaltyForL2, SGD()),
    (bugs.StartsHistoryAnew, Adam()),
    (bugs.WritesGradient, Adam()),
    (bugs.CountsForAll, Adam()),
    (bugs.OnlyByHand, SGD()),
    (bugs.HalvesLongOnes, SGD()),
)
METHOD_BUGS: tuple[tuple[SolverMethod, Any], ...] = (
    (bugs.GivesAScalar(), methods.update_as_promised),
    (bugs.GivesAScalar(), updates.update_matches),
    (bugs.ForgetsASlot(), methods.update_as_promised),
    (bugs.WritesHistory(), methods.update_as_promised),
    (bugs.AlwaysDouble(), methods.update_as_promised),
    (bugs.IgnoresMultiplier(), methods.rate_and_decay_count),
    (bugs.IgnoresDecay(), methods.rate_and_decay_count),
    (bugs.OnlyNumPy(), updates.update_matches),
    (bugs.HidesAnOption(), methods.method_is_a_value),
)


@pytest.mark.parametrize(("bug", "method"), KERNELS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_wrong_update_is_caught(bug: type[GenericUpdate], method: SolverMethod) -> None:
    params = steered(method, {})
    with pytest.raises(CheckFailure):
        updates.update_matches(method, params, bugs.backend_with(type(method), bug))
    for right in (bugs.RightUpdate, bugs.DeclinesAll):
        updates.update_matches(method, params, bugs.backend_with(type(method), right))


@pytest.mark.parametrize(("bug", "check"), METHOD_BUGS, ids=lambda value: getattr(value, "__name__", repr(value)))
def test_a_wrong_method_is_caught(bug: SolverMethod, check: Any) -> None:
    with pytest.raises(CheckFailure):
        check(bug, steered(bug, {}), StrictBackend())
    for right in (bugs.RightMethod(), bugs.RightDecoupled()):
        check(right, steered(right, {}), StrictBackend())


def test_every_check_of_methods_catches_something() -> None:
    assert {check for _, check in METHOD_BUGS} == {*ABOUT_METHOD, updates.update_matches}


def test_every_method_of_the_core_is_checked() -> None:
    assert {type(method).__name__ for method in METHODS} == {
        *("SGD", "Nesterov", "Adam", "AdamW", "Adagrad", "Adadelta", "RMSProp")
    }
