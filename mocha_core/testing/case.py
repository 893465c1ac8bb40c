"""What a check is given: a layer, and what its bottoms hold."""

from __future__ import annotations

from dataclasses import dataclass

from ..blob import BlobSpec, Shape
from ..errors import OptionError
from ..layer import Layer
from ..net.plan_checks import check_plan
from ..plan import TRAIN, Plan
from ..topology import results
from .values import USUAL, Host, Numbers, fill, labels


@dataclass(frozen=True, slots=True)
class Bottom:
    """A bottom of this shape. kind: "signed", "positive" or "unit" numbers; with `classes`, class numbers.

    >>> Bottom((2, 3)).values().shape
    (2, 3)
    """

    shape: Shape
    kind: str = "signed"
    classes: int = 0

    def values(self, seed: int = 0, numbers: Numbers = USUAL) -> Host:
        """Host values in float64, exact in float32."""
        if self.classes:
            return labels(self.shape, self.classes, seed + numbers.seed)
        return fill(self.shape, self.kind, seed, numbers)


@dataclass(frozen=True, slots=True)
class Case:
    """One layer with one bottom for each of its bottoms. The layer must be its own only part (no neuron).

    slope: False for a layer whose gradient is, as its documentation says, that of something else than its tops.
    fast: False where no kernel but the generic one is expected, whoever else offers some for layers of this class.

    >>> from mocha_core import PowerLayer
    >>> Case(PowerLayer(power=2, bottoms=["x"], tops=["y"]), (Bottom((2, 3)),)).plan("float64").tops[0].shape
    (2, 3)
    """

    layer: Layer
    bottoms: tuple[Bottom, ...]
    phase: str = TRAIN
    slope: bool = True
    fast: bool = True

    def __post_init__(self) -> None:
        if self.layer.parts() != (self.layer,):
            raise OptionError(f"a net splits {self.layer!r} into {self.layer.parts()!r}; make a case of each of these")

    def specs(self, dtype: str) -> tuple[BlobSpec, ...]:
        """The bottoms as the layer sees them."""
        return tuple(BlobSpec(bottom.shape, dtype) for bottom in self.bottoms)

    def plan(self, dtype: str) -> Plan:
        """The layer's plan for these bottoms; `ShapeError` where it cannot be one."""
        plan = self.layer.plan(self.specs(dtype))
        check_plan(self.layer, plan, len(self.bottoms), len(results(self.layer)))
        return plan if self.bottoms else plan.of_type(dtype)

    def wants(self) -> tuple[bool, ...]:
        """All gradients there can be."""
        constants = self.plan("float64").constants
        return tuple(self.layer.traits.backprop and k not in constants for k in range(len(self.bottoms)))

    def trains(self) -> bool:
        """Whether there are parameters to train."""
        return self.layer.traits.backprop and any(p.trained for p in self.plan("float64").params)

    def has_backward(self) -> bool:
        """Whether there is any gradient to ask for."""
        return self.trains() or any(self.wants())

    def terms(self) -> int:
        """More numbers than one result can depend on: all that the layer reads."""
        plan = self.plan("float64")
        read = (*self.specs("float64"), *plan.tops, *(BlobSpec(p.shape) for p in plan.params))
        return sum(blob.size for blob in read)
