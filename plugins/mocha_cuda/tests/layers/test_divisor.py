"""Division by a product with the inverse is division."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_cuda.simulation import SimulatedDevice

from .trying import needs_compiler

pytestmark = needs_compiler


@pytest.mark.parametrize("by", [1, 2, 3, 5, 7, 13, 55, 127, 224, 784, 50176, 65537, 1 << 19, (1 << 20) - 1, 1 << 30])
def test_around_every_multiple(by: int, kernels: Path):
    device = SimulatedDevice()
    multiples = by * np.arange(1, min(2**31 // by, 1 << 16), dtype=np.int64)
    multiples = np.unique(np.concatenate([multiples, by * (multiples[-1:] // by)]))
    near = (multiples[:, None] + [-1, 0, 1, by - 1]).reshape(-1)
    numbers = near[near < 2**31].astype(np.int32)
    found = np.empty_like(numbers)
    device.function(kernels / "divisor.cu", "divide")(-(-numbers.size // 256), 256, found, numbers, numbers.size, by)
    np.testing.assert_array_equal(found, numbers // by)
