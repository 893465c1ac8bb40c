"""Every layer of the core: what it computes in ONNX Runtime is what it computes here, on the cases of the kit."""

from __future__ import annotations

import pytest
from hypothesis.strategies import SearchStrategy

from mocha_core.errors import OptionError
from mocha_core.plan import TEST
from mocha_core.testing import FAMILIES, Case, Family, explore
from mocha_core.testing.suite import core_layers
from mocha_onnx.options import DYNAMIC

from .exporting import errors

MADE_BY_PASSES = {"Fused", "ChannelsLast", "ToChannelsLast", "ToChannelsFirst"}
"""What backends make of layers; an export begins with the layers that the user wrote."""

MEMORIES = {"RecallLayer", "RememberLayer"}
"""Parts of `stateful=True`, which predictions do without."""

RANDOM = {"RandomNormalLayer"}
"""A source of noise becomes an input of the file: see test_exporter.py."""


def reason(layer: type) -> str:
    """Why a layer is not in a file."""
    traits = layer.traits
    if traits.loss or traits.stats:
        return "a loss or statistic, which a prediction has not"
    if traits.source or traits.collects:
        return "brings or takes data"
    return {
        **dict.fromkeys(MADE_BY_PASSES, "made by passes"),
        **dict.fromkeys(MEMORIES, "parts of a stateful layer"),
        **dict.fromkeys(RANDOM, "an input of the file"),
    }.get(layer.__name__, "")


EXPORTED = [family for family in FAMILIES if not reason(family.layer)]


def test_no_layer_is_forgotten():
    tried = {family.layer for family in EXPORTED}
    assert {layer.__name__ for layer in core_layers() - tried if not reason(layer)} == set()


def in_testing(case: Case) -> Case:
    """The case as a net for prediction has it; what would vanish from there is given a top."""
    layer = case.layer.in_phase(TEST) or case.layer.replace(tops=[f"{x} again" for x in case.layer.bottoms])
    return Case(layer, case.bottoms, TEST)


def cases(family: Family) -> SearchStrategy[Case]:
    """Without bottoms that are one number: no input of a net is."""
    return family.cases.filter(lambda case: all(bottom.shape for bottom in case.bottoms))


@pytest.mark.parametrize("family", EXPORTED, ids=lambda family: family.label)
def test_layer(family: Family):
    def look(case: Case) -> None:
        case = in_testing(case)
        num = case.bottoms[0].shape[0] if case.bottoms and case.bottoms[0].shape else 1
        assert max(errors(case, num)) <= 1

    explore(cases(family), family.plain, look)


@pytest.mark.parametrize("family", EXPORTED, ids=lambda family: family.label)
def test_layer_for_any_number_of_samples(family: Family):
    def look(case: Case) -> None:
        try:
            found = errors(in_testing(case), DYNAMIC)
        except OptionError as error:
            if case == family.plain or "export with batch=" not in str(error):
                raise
        else:
            assert max(found) <= 1

    explore(cases(family), family.plain, look)


@pytest.mark.parametrize("opset", [13, 18, 21])
@pytest.mark.parametrize("family", EXPORTED, ids=lambda family: family.label)
def test_layer_in_other_opsets(family: Family, opset: int):
    assert max(errors(in_testing(family.plain), DYNAMIC, opset)) <= 1
