"""The kernel of `ElementWiseLayer`."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers import ElementWiseFunctors as F

from .base import CudaKernel, diffs_of, plain

NUMBERS: dict[type, int] = {F.Add: 0, F.Subtract: 1, F.Multiply: 2, F.Divide: 3, F.Product: 2, F.Maximum: 4}
"""By which `sources/maps.cu` knows the operations on two blobs."""

SUMS, DIVIDE = (NUMBERS[F.Add], NUMBERS[F.Subtract]), NUMBERS[F.Divide]


class ElementWise(CudaKernel):
    """Two blobs: one launch for y, and one for both gradients, which may each lie on that of the top."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        operation = plain(site.layer).operation
        if type(operation) not in NUMBERS:
            return Decline(f"does not know {operation}")
        if len(site.bottoms) > 2:
            return Decline("there are more than two blobs")
        if operation == F.Product(stable=False):
            return Decline("gradients are quotients")
        return super().accepts(backend, site)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        (a, b), y = (x.array for x in state.bottoms), state.tops[0].array
        kind = NUMBERS[type(plain(state.layer).operation)]
        self.forwards = [self.map("maps", "binary", y.size, y, a, b, y.size, kind)]
        da, db = diffs_of(state, 2)
        if da is not None or db is not None:
            read = (None, None) if kind in SUMS else (y if kind == DIVIDE else a, b)
            arrays = (da, db, *read, state.top_diffs[0].array)
            self.backwards = [self.each("maps", "binary_backward", y.size, *arrays, y.size, kind)]


class WeightedSum(CudaKernel):
    """y = the sum of c_k x_k over any number of blobs: c_0 x_0 + c_1 x_1 first, so y may lie on one of these two."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        operation = plain(site.layer).operation
        if type(operation) is not F.Sum:
            return Decline(f"does not know {operation}")
        answer = super().accepts(backend, site)
        return answer if isinstance(answer, Decline) else Accept(overlays=((0, 0), (0, 1)))

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        xs, y = [x.array for x in state.bottoms], state.tops[0].array
        coefficients = [float(c) for c in plain(state.layer).operation.coefficients or (1.0,) * len(xs)]
        first, rate = xs[0], coefficients[0]
        for x, coefficient in zip(xs[1:], coefficients[1:], strict=True):
            self.forwards.append(self._weighted(y, first, x, rate, coefficient))
            first, rate = y, 1.0
        wanted = zip(diffs_of(state, len(xs)), coefficients, strict=True)
        for dx, coefficient in sorted(((d, c) for d, c in wanted if d is not None), key=lambda pair: pair[1] != 1):
            dy = state.top_diffs[0].array
            scaled = self.map("maps", "linear", y.size, dx, dy, y.size, coefficient, 0.0)
            self.backwards += self.copies(dx, dy) if coefficient == 1 else [scaled]

    def _weighted(self, y: Array, a: Array, b: Array, s: float, t: float) -> Any:
        return self.map("maps", "weighted", y.size, y, a, b, y.size, s, t)
