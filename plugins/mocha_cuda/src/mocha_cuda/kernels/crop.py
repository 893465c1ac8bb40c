"""The kernel of `CropLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.kernel import LayerState

from .base import CudaKernel, diffs_of


class Crop(CudaKernel):
    """A rectangle of each image; in the gradient all around it is 0."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        layer, diffs = state.layer, diffs_of(state, len(state.bottoms))
        for k, (x, y, dx) in enumerate(zip(state.bottoms, state.tops, diffs, strict=True)):
            draw = state.draws[k].array if state.draws else None
            options = (int(layer.random_crop), int(layer.random_mirror))
            lie = (*x.shape, *y.shape[2:], *options)
            arrays = (y.array, x.array, draw, y.spec.size)
            self.forwards.append(self.each("arranging", "crop", y.spec.size, *arrays, *lie))
            if dx is not None:
                back = (dx, state.top_diffs[k].array, draw, dx.size)
                self.backwards.append(self.each("arranging", "crop_backward", dx.size, *back, *lie))
