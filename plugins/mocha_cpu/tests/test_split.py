"""The sum of gradients may lie on any one of them."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import SplitLayer
from mocha_core.testing import Bottom, Case, Rig
from mocha_core.testing.pairs import Sharing
from mocha_cpu import CpuBackend

CASE = Case(SplitLayer(bottoms=["x"], tops=["a", "b", "c"], no_copy=True), (Bottom((3, 5)),))


@pytest.mark.parametrize("top", range(3))
def test_gradient_on_top(top: int, backend: CpuBackend) -> None:
    rig = Rig(CASE, backend, sharing=Sharing(backward=frozenset({(top, 0)})))
    assert np.array_equal(rig.run()["gradient of bottom 0"], sum(rig.top_diff_values()))
