"""The kernels of `PowerLayer`, `ExpLayer` and `ThresholdLayer`."""

from __future__ import annotations

import math
from typing import Any

from mocha_core.kernel import LayerState

from .base import CudaKernel, diffs_of, plain


class Power(CudaKernel):
    """y = (scale x + shift)^power."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer = plain(state.layer)
        power, scale, shift = float(layer.power), float(layer.scale), float(layer.shift)
        for x, y in zip(state.bottoms, state.tops, strict=True):
            blobs = (y.array, x.array, y.spec.size)
            self.forwards.append(self.map("maps", "power", y.spec.size, *blobs, power, scale, shift))
        slope, is_linear = power * scale, power in (0, 1) or scale == 0
        pairs = zip(state.bottoms, state.top_diffs, diffs_of(state, len(state.tops)), strict=False)
        for x, dy, dx in pairs:
            if dx is None:
                continue
            size = dy.spec.size
            if is_linear:
                self.backwards.append(self.map("maps", "linear", size, dx, dy.array, size, slope, 0.0))
            else:
                arrays = (dx, x.array, dy.array, size)
                numbers = (power - 1, scale, shift, slope)
                self.backwards.append(self.map("maps", "power_backward", size, *arrays, *numbers))


class Exp(CudaKernel):
    """y = base^(scale x + shift);  dx = log(base) scale dy y."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer = plain(state.layer)
        base = math.log(layer.base)
        rate, shift = float(base * layer.scale), float(base * layer.shift)
        for x, y in zip(state.bottoms, state.tops, strict=True):
            size = y.spec.size
            self.forwards.append(self.map("maps", "exponential", size, y.array, x.array, size, rate, shift))
        pairs = zip(state.tops, state.top_diffs, diffs_of(state, len(state.tops)), strict=False)
        for y, dy, dx in pairs:
            if dx is not None:
                arrays = (dx, y.array, dy.array, y.spec.size)
                self.backwards.append(self.map("maps", "product", y.spec.size, *arrays, rate))


class Threshold(CudaKernel):
    """y = 1 where x > threshold, else 0."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        for x, y in zip(state.bottoms, state.tops, strict=True):
            arrays = (y.array, x.array, y.spec.size, float(plain(state.layer).threshold))
            self.forwards.append(self.map("maps", "threshold", y.spec.size, *arrays))
