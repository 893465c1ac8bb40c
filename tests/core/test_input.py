from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import DataError, OptionError
from mocha_core.layer import Values
from mocha_core.layers.input import InputLayer


def test_tops_have_the_given_shapes():
    layer = InputLayer(tops=["data", "mask"], shapes=[[4, 1, 28, 28], (4, np.int64(7))])
    assert [top.shape for top in layer.plan(()).tops] == [(4, 1, 28, 28), (4, 7)]
    assert layer.traits.source
    assert layer.traits.input
    assert hash(layer) == hash(InputLayer(tops=["data", "mask"], shapes=[(4, 1, 28, 28), (4, 7)]))


def test_has_no_data_of_its_own():
    with pytest.raises(DataError, match=r"'in'.*net.predict"):
        InputLayer(name="in", tops=["data"], shapes=[(1, 2)]).forward(np, Values())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"tops": [], "shapes": []}, "at least one top"),
        ({"tops": ["a"], "shapes": [(1,)], "bottoms": ["x"]}, "needs no bottoms"),
        ({"tops": ["a", "b"], "shapes": [(1, 2)]}, "one shape per top"),
        ({"tops": ["a"], "shapes": [(0,)]}, "positive sizes"),
        ({"tops": ["a"], "shapes": [(1, 0)]}, "positive sizes"),
        ({"tops": ["a"], "shapes": [(1.5, 2)]}, "whole numbers"),
        ({"tops": ["a"], "shapes": [4]}, "whole numbers"),
        ({"tops": ["a"]}, "InputLayer needs shapes"),
    ],
)
def test_impossible_options(options, text):
    with pytest.raises(OptionError, match=text):
        InputLayer(**options)
