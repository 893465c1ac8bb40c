"""What the losses with one label per location share."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..ops.one_hot import one_hot
from ..plan import Plan
from ..specs import spec
from .labels import as_column, count_labels, label_shape
from .losses import LossLayer
from .normalization import averaged, check_normalization, heard, normalizer, rate, varies
from .wiring import resolve_class_axis


@spec(kw_only=True)
class LabelLoss(LossLayer):
    """A sum over locations, each with one number per class along `axis` and a label, divided by `normalization`.

    Abstract.
    """

    axis: int = 1
    ignore_label: int | None = None
    normalization: str = "valid"

    def check_options(self) -> None:
        LossLayer.check_options(self)
        check_normalization(self)

    @property
    def counts_items(self) -> bool:
        return varies(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label, *others = bottoms
        axis = resolve_class_axis(self, self.axis, prediction)
        items = normalizer(self, count_labels(self, prediction, label, axis), math.prod(prediction.shape[:axis]))
        tops = (prediction.with_shape(),) * (2 if self.counts_items else 1)
        constants = tuple(range(1, 2 + len(others)))
        return Plan(tops=tops, saves=frozenset({"xs"}), constants=constants, items=items)

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 1, bottoms[0].shape[self.axis]

    def one_hot(self, xp: Any, x: Array, label: Array) -> Array:
        """1 at the position of each label that counts, 0 elsewhere; in the shape of the prediction x."""
        axis = self.axis % x.ndim
        column = as_column(xp, label, x.shape, axis)
        codes = one_hot(xp, column, x.shape[axis], axis)
        return codes if self.ignore_label is None else codes * heard(xp, column, self.ignore_label)

    def averaged(self, xp: Any, total: Array, x: Array, label: Array) -> tuple[Array, ...]:
        """The tops, for the sum over all locations of a prediction x."""
        return averaged(xp, self, total, label, self._outer(x.shape))

    def rate(self, xp: Any, x: Array, label: Array) -> Any:
        """What gradients are multiplied by: loss_weight * weight / normalizer, for a prediction x."""
        return self.loss_weight * rate(xp, self, label, self._outer(x.shape))

    def fixed_rate(self, shape: Shape) -> float:
        """weight / normalizer for a prediction of this shape, where no label is to be ignored."""
        return self.weight / normalizer(self, math.prod(label_shape(shape, self.axis)), self._outer(shape))

    def _outer(self, shape: Shape) -> int:
        return math.prod(shape[: self.axis % len(shape)])
