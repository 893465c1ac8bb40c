"""What the losses of class scores with one label per location share."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec
from ..ops.one_hot import one_hot
from ..plan import Plan
from ..specs import spec
from .class_weights import NORMALIZE, Weights, check_weights, class_weights, frozen_weights
from .labels import as_column, count_labels, label_shape
from .losses import LossLayer
from .wiring import resolve_class_axis


@spec(kw_only=True)
class ClassLoss(LossLayer):
    """A mean over M locations, each with one number per class along `axis` and a label. Abstract."""

    weights: Weights = ()
    normalize: str = "local"
    axis: int = 1

    def check_options(self) -> None:
        LossLayer.check_options(self)
        if self.normalize not in NORMALIZE:
            raise self.refuse(f"normalize={self.normalize!r} must be one of {', '.join(map(repr, NORMALIZE))}")
        self._put("weights", frozen_weights(self, self.weights))

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        prediction, label = bottoms
        axis = resolve_class_axis(self, self.axis, prediction)
        check_weights(self, self.weights, self.normalize, prediction, axis)
        count = count_labels(self, prediction, label, axis)
        return Plan(tops=(prediction.with_shape(),), saves=frozenset({"xs"}), constants=(1,), items=count)

    def classes(self, bottoms: tuple[BlobSpec, ...]) -> tuple[int, int]:
        return 1, bottoms[0].shape[self.axis]

    def target(self, xp: Any, x: Array, label: Array) -> Array:
        """w_y at the position of each label, 0 elsewhere; in the shape of the prediction x."""
        axis = self.axis % x.ndim
        target = one_hot(xp, as_column(xp, label, x.shape, axis), x.shape[axis], axis)
        if not self.weights:
            return target
        w = class_weights(self.weights, self.normalize, x.shape, axis)
        return xp.asarray(w, dtype=x.dtype) * target

    def rate(self, x: Array) -> float:
        """weight/M, for a prediction x."""
        return self.weight / math.prod(label_shape(x.shape, self.axis))
