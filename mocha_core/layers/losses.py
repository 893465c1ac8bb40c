"""What all losses share: bottoms, mostly two, a weight in the objective, and a statistic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..layer import Layer
from ..plan import Traits
from ..specs import spec
from .wiring import need_blobs

FLOOR = 1e-20
"""The least probability, or standard deviation, whose logarithm is taken."""


@spec(kw_only=True)
class LossLayer(Layer):
    """A scalar of its bottoms, the prediction first, that training minimises. Abstract.

    Other layers may read its value, but pass no gradient back to it: a `TopologyError` where one would be needed.

    weight: of this loss in the objective; it is in the value, in the gradients and in the statistic. With a negative
    one the loss is maximised.
    loss_weight: the same, but the value and the statistic are without it, so that one can look at a loss that counts
    little, or not at all. This is Caffe's.
    statistic: the suffix under which the mean since the last reset is reported.
    """

    weight: float = 1.0
    loss_weight: float = 1.0

    statistic: ClassVar[str]
    traits: ClassVar[Traits] = Traits(sink=True, loss=True, stats=True)

    def check_options(self) -> None:
        need_blobs(self, bottoms=self.reads, tops=0)

    @property
    def reads(self) -> int:
        """The number of bottoms."""
        return 2

    def report(self, mean: float) -> Mapping[str, float]:
        return {self.statistic: mean}

    def show(self, mean: float, items: int) -> str:
        return f"{self.statistic.capitalize()} (avg over {items}) = {mean:.4f}"
