"""The neuron."""

from __future__ import annotations

import numpy as np

from mocha_core.testing import LayerSuite, neuron_family
from mocha_swish import SoftSign

FAMILY = neuron_family(SoftSign())


class TestSoftSign(LayerSuite):
    plain, cases = FAMILY.plain, FAMILY.cases
    backends = ("strict", "cpu")


def test_by_hand():
    np.testing.assert_array_equal(SoftSign().forward(np, np.array([-1.0, 0.0, 3.0])), [-0.5, 0.0, 0.75])
