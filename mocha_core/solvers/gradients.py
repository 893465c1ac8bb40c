"""The gradients of one update: of several batches, clipped, averaged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..blob import Array, BlobSpec

if TYPE_CHECKING:
    from ..backend import Backend
    from ..net import Net
    from .method import Params


class Gradients:
    """What happens to gradients between backward and update, in Caffe's order.

    Those of `iter_size` batches are summed; if the norm of the sum, over all parameters that learn, is above
    `clip_gradients`, the sum is scaled down to it; then it is divided by `iter_size`. Regularisation comes after.
    (A parameter with the rate 0 does not learn; Caffe does not compute its gradient.)
    """

    def __init__(self, params: Params, net: Net) -> None:
        self.iter_size, self.net = int(params["iter_size"]), net
        self.limit = math.inf if params["clip_gradients"] is None else float(params["clip_gradients"])
        self._sums: dict[str, Array] = {}
        self._kept = 0

    @property
    def untouched(self) -> bool:
        """Whether an update reads what backward gave, as it is."""
        return self.iter_size == 1 and self.limit == math.inf

    def begin(self) -> None:
        """An update begins; nothing is summed yet."""
        self._kept = 0

    def keep(self) -> None:
        """Put aside what backward gave, to be added to what it gives next."""
        put = self.net.backend.add if self._kept else self.net.backend.assign
        for trainable in self.net.trainable:
            put(self._sum(trainable.parameter.path, trainable.diff.spec), trainable.diff.array)
        self._kept += 1

    def finish(self) -> None:
        """Leave the gradient of this update where backward left that of the last batch."""
        if not self.untouched:
            with self.net.backend.arithmetic():
                self._finish()

    def _finish(self) -> None:
        backend, diffs = self.net.backend, [t.diff for t in self.net.trainable if t.parameter.spec.rate != 0]
        if self._kept:
            for trainable in self.net.trainable:
                backend.add(trainable.diff.array, self._sums[trainable.parameter.path])
        factor = self._clipping([diff.array for diff in diffs]) / self.iter_size
        if factor != 1:
            for diff in diffs:
                backend.assign(diff.array, factor * diff.array)

    def _sum(self, path: str, spec: BlobSpec) -> Array:
        if path not in self._sums:
            self._sums[path] = self.net.backend.empty(BlobSpec(spec.shape, spec.dtype))
        return self._sums[path]

    def _clipping(self, gradients: Sequence[Array]) -> float:
        if self.limit == math.inf:
            return 1.0
        norm = global_norm(self.net.backend, gradients)
        return self.limit / norm if norm > self.limit else 1.0


def global_norm(backend: Backend, arrays: Sequence[Array]) -> float:
    """The root of the sum of all squares; taken relative to the largest element, so that no square overflows."""
    xp = backend.xp
    largest = max((backend.scalar(xp.max(xp.abs(array))) for array in arrays), default=0.0)
    if largest == 0 or not math.isfinite(largest):
        return largest
    squares = (xp.sum((array / largest) ** 2, dtype=xp.float64) for array in arrays)
    return largest * math.sqrt(sum(backend.scalar(square) for square in squares))
