"""The conformance kit catches every planted bug, by the check that is meant to; without the bug, the check passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from mocha_core.backend import Backend
from mocha_core.kernel import Kernel
from mocha_core.layers import InnerProductLayer, PoolingLayer, PowerLayer
from mocha_core.pooling import Pooling
from mocha_core.testing import CHECKS, Bottom, Case, Check, CheckFailure, ReferenceBackend, StrictBackend, checks
from mocha_core.testing.cases import FAMILIES

from .mutants import kernels, layers, remembering, stateful

PLAIN = {family.label: family.plain for family in FAMILIES}
SQUARE = Case(InnerProductLayer(name="ip", output_dim=5, bottoms=["x"], tops=["y"]), (Bottom((3, 5)),))
MEAN = Case(
    PoolingLayer(name="pool", kernel=3, stride=2, pooling=Pooling.Mean(), bottoms=["x"], tops=["y"]),
    (Bottom((1, 2, 6, 5)),),
)
CUBE = Case(PowerLayer(name="cube", power=3, bottoms=["x"], tops=["y"]), (Bottom((3, 5)),))
CENTRED, GAINED = (
    Case(layer(name="state", bottoms=["x"], tops=["y"]), (Bottom((3, 5)),))
    for layer in (stateful.Centred, stateful.Gained)
)
LONG = Case(InnerProductLayer(name="ip", output_dim=2, bottoms=["x"], tops=["y"]), (Bottom((3, 200)),))


@dataclass(frozen=True)
class Planted:
    """A bug in a layer or a kernel, a case in which it shows, and the check that must catch it."""

    bug: type[Any]
    check: Check
    case: Case
    strict: bool = False

    def __str__(self) -> str:
        return f"{self.bug.__name__}-{self.check.name}"

    def trial(self, bug: type[Any]) -> tuple[Case, Backend]:
        """The case and the backend for this bug, or for its right counterpart."""
        if issubclass(bug, Kernel):
            return self.case, kernels.backend_with(type(self.case.layer), bug)
        inner = self.case.layer
        wrapped = bug(name=inner.name, bottoms=inner.bottoms, tops=inner.tops, inner=inner)
        return Case(wrapped, self.case.bottoms), StrictBackend() if self.strict else ReferenceBackend()

    def right(self) -> type[Any]:
        """What the bug is compared with."""
        return kernels.RightKernel if issubclass(self.bug, Kernel) else self.bug.__bases__[0]


IP, SEVERAL, DIVIDE = PLAIN["inner-product"], PLAIN["inner-product-several"], PLAIN["element-wise-divide"]
DROPOUT, SOFTMAX, WEIGHTED = PLAIN["dropout"], PLAIN["softmax"], PLAIN["softmax-loss-weighted"]
RELU, ARGMAX = PLAIN["neuron-ReLU()"], PLAIN["argmax"]

BUGS = (
    Planted(layers.WrongSign, checks.gradient_is_the_slope, IP),
    Planted(layers.DropoutForgetsScale, checks.gradient_is_the_slope, DROPOUT),
    Planted(layers.MeanInsteadOfSum, checks.gradient_is_the_slope, IP),
    Planted(layers.TransposedWeightGradient, checks.gradient_is_the_slope, SQUARE),
    Planted(layers.TransposedWeightGradient, checks.results_as_promised, IP),
    Planted(layers.ForgetsSecondInput, checks.gradient_is_the_slope, SEVERAL),
    Planted(layers.ForgetsClassWeights, checks.gradient_is_the_slope, WEIGHTED),
    Planted(layers.WrongDivisor, checks.gradient_is_the_slope, MEAN),
    Planted(stateful.TripleGradient, checks.gradient_is_the_slope, CENTRED),
    Planted(stateful.NoGradient, checks.gradient_is_the_slope, CENTRED),
    Planted(layers.WrongSign, checks.gradient_is_the_slope, CENTRED),
    Planted(stateful.ForgetsThatStateMoved, checks.gradient_is_the_slope, GAINED),
    Planted(stateful.UpdatesByAScalar, checks.results_as_promised, CENTRED),
    Planted(stateful.UpdatesInDouble, checks.results_as_promised, CENTRED),
    Planted(stateful.UpdatesWhatIsTrained, checks.results_as_promised, IP),
    Planted(stateful.UpdatesAnother, checks.results_as_promised, CENTRED),
    Planted(layers.DishonestSaves, checks.saves_are_honest, IP),
    Planted(layers.DishonestDraws, checks.saves_are_honest, DROPOUT),
    Planted(layers.WritesInput, checks.results_as_promised, IP),
    Planted(layers.WritesInput, checks.inputs_left_alone, IP),
    Planted(layers.SpendsTopGradient, checks.results_as_promised, IP),
    Planted(layers.UnwantedGradients, checks.results_as_promised, DIVIDE),
    Planted(layers.WrongShape, checks.results_as_promised, IP),
    Planted(layers.AlwaysDouble, checks.results_as_promised, IP),
    Planted(layers.AlwaysDouble, checks.forward_matches, IP, strict=True),
    Planted(layers.OnlyNumPy, checks.forward_matches, IP, strict=True),
    Planted(layers.Unseeded, checks.same_seed_same_result, IP),
    Planted(layers.Unhashable, checks.spec_is_a_value, IP),
    Planted(layers.HidesAnOption, checks.spec_is_a_value, IP),
    Planted(layers.EqualByIdentity, checks.spec_is_a_value, IP),
    Planted(layers.NameDoesNotCount, checks.spec_is_a_value, IP),
    Planted(kernels.AlwaysDeclines, checks.fast_kernel_ran, IP),
    Planted(kernels.LeavesLastElement, checks.forward_matches, IP),
    Planted(kernels.LeavesLastGradient, checks.backward_matches, IP),
    Planted(kernels.AddsToGradients, checks.backward_matches, IP),
    Planted(kernels.AddsToGradientsAfterZeroing, checks.backward_matches, IP),
    Planted(kernels.HalfPrecision, checks.forward_matches, IP),
    Planted(kernels.SinglePrecision, checks.forward_matches, CUBE),
    Planted(kernels.DriftsInLongSums, checks.forward_matches, LONG),
    Planted(kernels.WindowOffByOne, checks.forward_matches, PLAIN["pooling-max"]),
    Planted(remembering.PacksWeightsOnce, checks.forward_matches, IP),
    Planted(remembering.ComputesOnce, checks.forward_matches, IP),
    Planted(remembering.KeepsFirstInput, checks.backward_matches, IP),
    Planted(remembering.SharesByShape, checks.kernels_do_not_mix, IP),
    Planted(remembering.SlopeOneAtZero, checks.unusual_numbers_match, RELU),
    Planted(remembering.LastOfEqual, checks.unusual_numbers_match, ARGMAX),
    Planted(remembering.OverflowsInExp, checks.unusual_numbers_match, SOFTMAX),
    Planted(kernels.OwnRandomNumbers, checks.forward_matches, DROPOUT),
    Planted(kernels.WritesBottom, checks.inputs_left_alone, IP),
    Planted(kernels.WritesParameter, checks.inputs_left_alone, IP),
    Planted(kernels.WritesTopInBackward, checks.inputs_left_alone, IP),
    Planted(kernels.WritesUnwantedGradients, checks.unwanted_gradients_cost_nothing, IP),
    Planted(kernels.NeedsTrainableWeight, checks.unwanted_gradients_cost_nothing, IP),
    Planted(kernels.RaisesOnOneGradient, checks.unwanted_gradients_cost_nothing, DIVIDE),
    Planted(kernels.UnsafeOverlay, checks.overlaid_blobs_give_the_same, SOFTMAX),
    Planted(kernels.UnsafeGradientOverlay, checks.overlaid_blobs_give_the_same, SOFTMAX),
    Planted(kernels.DishonestKernel, checks.saves_are_honest, IP),
    Planted(kernels.KeepsPassingScratch, checks.saves_are_honest, IP),
    Planted(kernels.KeepsItsOwnCopy, checks.saves_are_honest, IP),
    Planted(kernels.GrowsOld, checks.same_seed_same_result, IP),
    Planted(kernels.GrowsOld, checks.state_survives, IP),
    Planted(kernels.ReadsClock, checks.same_seed_same_result, IP),
)


@pytest.mark.parametrize("planted", BUGS, ids=str)
def test_the_bug_is_caught(planted: Planted) -> None:
    case, backend = planted.trial(planted.bug)
    with pytest.raises(CheckFailure):
        look(planted.check, case, backend)


@pytest.mark.parametrize("planted", BUGS, ids=str)
def test_without_the_bug_the_check_passes(planted: Planted) -> None:
    case, backend = planted.trial(planted.right())
    look(planted.check, case, backend)


def test_every_check_catches_something() -> None:
    assert {planted.check for planted in BUGS} == set(CHECKS)


def test_a_failure_says_what_and_where() -> None:
    case, backend = BUGS[0].trial(layers.WrongSign)
    with pytest.raises(CheckFailure, match=r"inner=InnerProductLayer.* on reference in float64: gradient of bottom 0"):
        look(checks.gradient_is_the_slope, case, backend)


def look(check: Check, case: Case, backend: Backend) -> None:
    """One check in each element type that it is made for."""
    for dtype in check.dtypes:
        check(case, backend, dtype)
