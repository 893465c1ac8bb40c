"""How often prediction and label lie on the same side of a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .accuracy import report_accuracy
from .wiring import need_blobs, need_equal_sizes


@spec(kw_only=True)
class BinaryAccuracyLayer(Layer):
    """The share of elements at which prediction and label are both above `threshold`, or both not.

    bottoms: prediction and label, with the same number of elements; their shapes may differ. Statistics:
    `<name>-accuracy`, the mean over all elements since the last reset, and with `report_error` also `<name>-error`, 1
    minus that.

    threshold: of prediction and label alike: 0 for labels of -1 and 1, 0.5 for probabilities and labels of 0 and 1.

    >>> import numpy as np
    >>> from mocha_core import Values
    >>> layer = BinaryAccuracyLayer(name="acc", bottoms=["score", "sign"])
    >>> print(layer.forward(np, Values(xs=(np.array([[0.3], [-2.0]]), np.array([[1.0], [1.0]]))))[0])
    0.5
    """

    name: str = "binary-accuracy"
    report_error: bool = False
    threshold: float = 0.0

    traits: ClassVar[Traits] = Traits(sink=True, stats=True, backprop=False)

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=0)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_equal_sizes(self, bottoms)
        return Plan(tops=(bottoms[0].with_shape(),), saves=frozenset(), items=bottoms[0].size)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, label = v.xs
        hits = (x > self.threshold) == (xp.reshape(label, x.shape) > self.threshold)
        return (xp.mean(xp.astype(hits, x.dtype)),)

    def report(self, mean: float) -> Mapping[str, float]:
        return report_accuracy(mean, self.report_error)

    def show(self, mean: float, items: int) -> str:
        return f"Accuracy (avg over {items}) = {100 * mean:.4f}%"
