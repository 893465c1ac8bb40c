"""How often the score of the label is among the highest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from ..blob import Array, BlobSpec
from ..layer import Layer, Values
from ..ops.one_hot import one_hot
from ..plan import Plan, Traits
from ..specs import spec
from .labels import as_column, count_labels
from .normalization import heard
from .wiring import need_blobs, resolve_class_axis


@spec(kw_only=True)
class AccuracyLayer(Layer):
    """The share of labels at which the argmax of the prediction along `axis` is the label.

    bottoms: prediction and label, as in `SoftmaxLossLayer`; labels are rounded. Statistics: `<name>-accuracy`, the mean
    over all labels since the last reset, and with `report_error` also `<name>-error`, 1 minus that.

    axis: of the classes, as NumPy counts.
    top_k: a label counts if it is among the `top_k` highest scores.
    ties: of equal scores the "first" counts as the highest; or that of the label comes "last", as in Caffe, which for
    predictions with many ties (all scores 0, say) gives less.
    ignore_label: this label, say 255, is no class, and is not counted.
    per_class: the result is the accuracy for each class, of the labels that are it (0 where there is none). Statistics
    are then also `<name>-class-0` and so on, NaN for a class that did not occur.

    >>> import numpy as np
    >>> layer = AccuracyLayer(name="acc", bottoms=["ip2", "label"])
    >>> blobs = Values(xs=(np.array([[0.1, 0.9, 0.0], [0.8, 0.2, 0.0]]), np.array([[1.0], [1.0]])))
    >>> print(layer.forward(np, blobs)[0], layer.replace(top_k=2).forward(np, blobs)[0])
    0.5 1.0
    """

    name: str = "accuracy"
    report_error: bool = False
    axis: int = 1
    top_k: int = 1
    ties: Literal["first", "last"] = "first"
    ignore_label: int | None = None
    per_class: bool = False

    traits: ClassVar[Traits] = Traits(sink=True, stats=True, backprop=False)

    def check_options(self) -> None:
        need_blobs(self, bottoms=2, tops=0)
        if self.top_k < 1:
            raise self.refuse(f"top_k={self.top_k} must be at least 1")
        if self.ties not in ("first", "last"):
            raise self.refuse(f'ties is "first" or "last", not {self.ties!r}')

    @property
    def counts_items(self) -> bool:
        return self.per_class or self.ignore_label is not None

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label = bottoms
        axis = resolve_class_axis(self, self.axis, prediction)
        count, classes = count_labels(self, prediction, label, axis), prediction.shape[axis]
        if self.top_k > classes:
            raise self.misfit(f"top_k={self.top_k} is more than the {classes} classes of {prediction}")
        top = prediction.with_shape(classes) if self.per_class else prediction.with_shape()
        return Plan(tops=(top,) * (1 + self.counts_items), saves=frozenset(), items=count)

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 1, bottoms[0].shape[self.axis]

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        x, label = v.xs
        truth = xp.round(as_column(xp, label, x.shape, self.axis))
        plain = self.top_k == 1 and self.ties == "first"
        hits = xp.astype(self._is_first(xp, x, truth) if plain else self._is_among(xp, x, truth), x.dtype)
        return self._shares(xp, hits, truth, x) if self.counts_items else (xp.mean(hits),)

    def _shares(self, xp: Any, hits: Array, truth: Array, x: Array) -> tuple[Array, Array]:
        """Of the labels that count, all or those of each class; and how many there are."""
        axis, counts = self.axis % x.ndim, heard(xp, truth, self.ignore_label)
        if self.per_class:
            counts = counts * one_hot(xp, truth, x.shape[axis], axis)
        over = tuple(a for a in range(x.ndim) if a != axis or not self.per_class)
        items = xp.sum(counts, axis=over)
        return xp.sum(counts * hits, axis=over) / xp.maximum(items, xp.ones_like(items)), items

    def _is_first(self, xp: Any, x: Array, truth: Array) -> Array:
        return xp.astype(xp.argmax(x, axis=self.axis, keepdims=True), truth.dtype) == truth

    def _is_among(self, xp: Any, x: Array, truth: Array) -> Array:
        """Fewer than `top_k` scores stand before that of the label; a NaN stands before everything."""
        axis = self.axis % x.ndim
        mine = one_hot(xp, truth, x.shape[axis], axis) == 1
        score = xp.sum(xp.where(mine, x, xp.zeros_like(x)), axis=axis, keepdims=True)
        rivals = ~mine
        if self.ties == "first":
            rivals = xp.cumulative_sum(xp.astype(mine, xp.int64), axis=axis) == 0
        behind = (x < score) | ((x == score) & ~rivals)
        before = xp.sum(xp.astype(~behind, xp.int64), axis=axis, keepdims=True)
        return (before < self.top_k) & xp.any(mine, axis=axis, keepdims=True)

    def report(self, mean: float) -> Mapping[str, float]:
        return report_accuracy(mean, self.report_error)

    def report_each(self, means: Sequence[float]) -> Mapping[str, float]:
        return {f"class-{k}": mean for k, mean in enumerate(means)} if self.per_class else {}

    def show(self, mean: float, items: int) -> str:
        what = "Accuracy" if self.top_k == 1 else f"Top-{self.top_k} accuracy"
        return f"{what} (avg over {items}) = {100 * mean:.4f}%"


def report_accuracy(mean: float, with_error: bool) -> Mapping[str, float]:
    """The statistics of layers that count hits, by suffix."""
    return {"accuracy": mean, "error": 1 - mean} if with_error else {"accuracy": mean}
