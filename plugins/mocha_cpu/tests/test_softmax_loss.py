"""Labels that are no class count for nothing, and a second backward gives the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import SoftmaxLossLayer
from mocha_core.testing import Bottom, Case, ReferenceBackend, Rig
from mocha_cpu import CpuBackend

LAYER = SoftmaxLossLayer(name="loss", bottoms=["x", "label"], weight=3.0)
CASE = Case(LAYER, (Bottom((5, 4)), Bottom((5, 1), classes=4)))
STRANGE = np.array([[np.nan], [-1.0], [4.0], [1.4], [2.6]])


class Given(Rig):
    """A rig with these labels."""

    label: Any = STRANGE

    def bottom_values(self) -> list[Any]:
        return [super().bottom_values()[0], self.label]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_strange_labels(dtype: str, backend: CpuBackend) -> None:
    got, want = Given(CASE, backend, dtype).run(), Given(CASE, ReferenceBackend()).run()
    for name, right in want.items():
        np.testing.assert_allclose(got[name], right, rtol=0, atol=16 * np.finfo(dtype).eps)
    assert not got["gradient of bottom 0"][:3].any()


def test_confident_and_wrong(backend: CpuBackend) -> None:
    """The logarithm is floored, as in the reference."""
    rig = Rig(CASE, backend)
    rig.forward()
    rig.state.bottoms[0].set(np.array([[0.0, 1000.0, 0.0, 0.0]] * 5))
    rig.state.bottoms[1].fill(0.0)
    rig.kernel.forward()
    assert rig.state.tops[0].to_array() == pytest.approx(3.0 * -np.log(1e-20))


def test_backward_twice(backend: CpuBackend) -> None:
    rig = Rig(CASE, backend)
    first = rig.run()["gradient of bottom 0"]
    rig.kernel.backward()
    assert np.array_equal(rig.gradients()["gradient of bottom 0"], first)
