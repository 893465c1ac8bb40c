"""Every layer of this package in ONNX Runtime, on the cases of the kit."""

from __future__ import annotations

import pytest

from mocha_caffe import layers
from mocha_core.errors import OptionError
from mocha_core.layer import Layer
from mocha_core.testing import Case, Family, explore
from mocha_onnx.options import DYNAMIC
from plugins.mocha_onnx.tests.exporting import errors

from ..layers import cases, fork_cases, ssd_cases

FAMILIES = [each for each in (*cases.FAMILIES, *ssd_cases.FAMILIES, *fork_cases.FAMILIES) if not each.layer.traits.sink]


def test_no_layer_is_forgotten():
    own = {kind for kind in vars(layers).values() if isinstance(kind, type) and issubclass(kind, Layer)}
    left = {kind.__name__ for kind in own - {each.layer for each in FAMILIES}}
    assert {name for name in left if not getattr(layers, name).traits.source} == {"SilenceLayer", "WeightedSumLayer"}


def exportable(case: Case) -> bool:
    """ONNX's NonMaxSuppression has no threshold that shrinks: see test_refused."""
    return all(bottom.shape for bottom in case.bottoms) and getattr(case.layer, "eta", 1.0) == 1


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.label)
def test_layer(family: Family):
    def look(case: Case) -> None:
        assert max(errors(case, case.bottoms[0].shape[0])) <= 1

    explore(family.cases.filter(exportable), family.plain, look)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.label)
def test_layer_for_any_number_of_samples(family: Family):
    def look(case: Case) -> None:
        try:
            found = errors(case, DYNAMIC)
        except OptionError as error:
            if case == family.plain or "export with batch=" not in str(error):
                raise
        else:
            assert max(found) <= 1

    explore(family.cases.filter(exportable), family.plain, look)


@pytest.mark.parametrize("opset", [13, 18, 21])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.label)
def test_layer_in_other_opsets(family: Family, opset: int):
    assert max(errors(family.plain, family.plain.bottoms[0].shape[0], opset)) <= 1


def test_refused():
    case = ssd_cases.predictions(ssd_cases.FOUND.replace(eta=0.5, nms_threshold=0.9), 2, 5)
    with pytest.raises(OptionError, match=r"'found' \(DetectionOutputLayer\) cannot be exported: .*set eta=1"):
        errors(case, 2)
