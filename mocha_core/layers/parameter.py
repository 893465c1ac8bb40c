"""A parameter as a blob."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer
from ..layer import Grads, Layer, Values
from ..plan import ParamSpec, Plan, Traits
from ..regularizers import NoRegu, Regularizer
from ..specs import spec
from .wiring import need_blobs


@spec(kw_only=True)
class ParameterLayer(Layer):
    """Its top is a learned blob of shape `shape`, the parameter `value`; there are no bottoms.

    value_*: initializer, regularizer, constraint, multiplier of the learning rate.
    param_key: under which the parameter is shared; the layer's name if empty.

    >>> ParameterLayer(name="start", shape=(1, 50), tops=["start"])
    ParameterLayer(name='start', tops=('start',), shape=(1, 50))
    """

    shape: Sequence[int]
    param_key: str = ""
    value_init: Initializer = ConstantInitializer(0.0)
    value_regu: Regularizer = NoRegu()
    value_cons: Constraint = NoCons()
    value_lr: float = 1.0

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=0, tops=1)
        if min(self.shape, default=1) < 1:
            raise self.refuse(f"shape={self.shape} must be positive sizes")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        shape = tuple(self.shape)
        value = ParamSpec("value", shape, self.value_init, self.value_regu, self.value_cons, self.value_lr)
        return Plan(tops=(BlobSpec(shape),), params=(value,), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return (v.params["value"],)

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(params={"value": v.dys[0]})
