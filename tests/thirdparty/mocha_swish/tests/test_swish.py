"""The layer and its kernel: every check of the conformance kit, and numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import strategies as st

from mocha_core import OptionError, Values
from mocha_core.testing import Bottom, Case, LayerSuite, shapes
from mocha_swish import Swish

ACT = Swish(name="act", beta=1.5, bottoms=["x"], tops=["y"])


@st.composite
def swishes(draw: st.DrawFn) -> Case:
    beta = draw(st.sampled_from([0.0, 0.5, 1.0, -2.0, 7.0]))
    names = [f"x{k}" for k in range(draw(st.integers(1, 3)))]
    layer = ACT.replace(beta=beta, bottoms=names, tops=[f"{name}-act" for name in names])
    return Case(layer, tuple(Bottom(draw(shapes())) for _ in names))


class TestSwish(LayerSuite):
    plain = Case(ACT, (Bottom((3, 5)),))
    cases = swishes()
    backends = ("strict", "cpu")


def test_by_hand():
    (y,) = Swish(name="act", beta=2.0, bottoms=["x"], tops=["y"]).forward(np, Values(xs=(np.array([0.0, 1.0]),)))
    np.testing.assert_allclose(y, [0.0, 1.0 / (1.0 + math.exp(-2.0))], rtol=1e-15)


def test_far_out_it_is_a_ramp():
    (y,) = ACT.forward(np, Values(xs=(np.array([-1e6, 1e6]),)))
    np.testing.assert_array_equal(y, [0.0, 1e6])


@pytest.mark.parametrize("options", [{"beta": math.inf}, {"tops": []}, {"tops": ["y", "z"]}])
def test_impossible_options(options):
    with pytest.raises(OptionError, match=r"layer 'act' \(Swish\)"):
        ACT.replace(**options)
