"""What the losses of class scores with one label per location, and weights of the classes, share."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec
from ..plan import Plan
from ..specs import spec
from .class_weights import NORMALIZE, Weights, check_weights, class_weights, frozen_weights
from .label_loss import LabelLoss


@spec(kw_only=True)
class ClassLoss(LabelLoss):
    """A loss in which each location has the weight of its label's class. Abstract."""

    weights: Weights = ()
    normalize: str = "local"

    def check_options(self) -> None:
        LabelLoss.check_options(self)
        if self.normalize not in NORMALIZE:
            raise self.refuse(f"normalize={self.normalize!r} must be one of {', '.join(map(repr, NORMALIZE))}")
        self._put("weights", frozen_weights(self, self.weights))

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plan = LabelLoss.plan(self, bottoms)
        check_weights(self, self.weights, self.normalize, bottoms[0], self.axis % len(bottoms[0].shape))
        return plan

    def target(self, xp: Any, x: Array, label: Array) -> Array:
        """w_y at the position of each label, 0 elsewhere; in the shape of the prediction x."""
        target = self.one_hot(xp, x, label)
        if not self.weights:
            return target
        w = class_weights(self.weights, self.normalize, x.shape, self.axis % x.ndim)
        return xp.asarray(w, dtype=x.dtype) * target
