"""How often the highest score is that of the label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .labels import as_column, count_labels
from .wiring import need_blobs, resolve_class_axis


@spec(kw_only=True)
class AccuracyLayer(Layer):
    """The share of labels at which the argmax of the prediction along `axis` (the first, if several) is the label.

    bottoms: prediction and label, as in `SoftmaxLossLayer`; labels are rounded. Statistics: `<name>-accuracy`, the mean
    over all labels since the last reset, and with `report_error` also `<name>-error`, 1 minus that.

    axis: of the classes, as NumPy counts.

    >>> import numpy as np
    >>> layer = AccuracyLayer(name="acc", bottoms=["ip2", "label"])
    >>> scores, label = np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([[1.0], [1.0]])
    >>> print(layer.forward(np, Values(xs=(scores, label)))[0])
    0.5
    """

    name: str = "accuracy"
    report_error: bool = False
    axis: int = 1

    traits: ClassVar[Traits] = Traits(sink=True, stats=True, backprop=False)

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=0)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label = bottoms
        axis = resolve_class_axis(self, self.axis, prediction)
        count = count_labels(self, prediction, label, axis)
        return Plan(tops=(prediction.with_shape(),), saves=frozenset(), items=count)

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 1, bottoms[0].shape[self.axis]

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, label = v.xs
        guess = xp.argmax(x, axis=self.axis, keepdims=True)
        truth = xp.round(as_column(xp, label, x.shape, self.axis))
        hits = xp.astype(guess, label.dtype) == truth
        return (xp.mean(xp.astype(hits, x.dtype)),)

    def report(self, mean: float) -> Mapping[str, float]:
        return {"accuracy": mean, "error": 1 - mean} if self.report_error else {"accuracy": mean}

    def show(self, mean: float, items: int) -> str:
        return f"Accuracy (avg over {items}) = {100 * mean:.4f}%"
