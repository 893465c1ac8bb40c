"""How Caffe's parameters start and learn: fillers, lr_mult, decay_mult."""

from __future__ import annotations

from typing import Any

from mocha_core.initializers import (
    BilinearInitializer,
    ConstantInitializer,
    GaussianInitializer,
    Initializer,
    MsraInitializer,
    NullInitializer,
    UniformInitializer,
    XavierInitializer,
)
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu, Regularizer

from ..fillers import SparseGaussianInitializer, UnitBallInitializer, VarianceXavierInitializer
from ..formats import Message
from .given import CaffeLayer

ZERO, ONE = ConstantInitializer(0.0), ConstantInitializer(1.0)
FANS = {"FAN_IN": "in", "FAN_OUT": "out", "AVERAGE": "average"}


def learning(layer: CaffeLayer, *params: str) -> dict[str, Any]:
    """`<param>_lr` and `<param>_regu` of each parameter, in the order of Caffe's blobs."""
    found: dict[str, Any] = {}
    for index, param in enumerate(params):
        found[f"{param}_lr"] = rate(layer, index)
        found[f"{param}_regu"] = regularizer(layer, index)
    return found


def rate(layer: CaffeLayer, index: int) -> float:
    """lr_mult of blob `index`; 1 where the prototxt does not say."""
    param = layer.message.param
    return float(param[index].lr_mult) if index < len(param) else 1.0


def regularizer(layer: CaffeLayer, index: int) -> Regularizer:
    """decay_mult of blob `index`: with `regu_coef=weight_decay` in the solver, the gradient is Caffe's.

    Caffe's L2 adds weight_decay * w, and Mocha's `L2Regu(c)` twice c * w.
    """
    param = layer.message.param
    decay = float(param[index].decay_mult) if index < len(param) else 1.0
    if not decay:
        return NoRegu()
    return L1Regu(decay) if layer.settings.regularization == "L1" else L2Regu(decay / 2)


def initializer(layer: CaffeLayer, block: Message, field: str, default: Initializer | None = None) -> Initializer:
    """The initializer for a filler; without one `default`, else zeros, to be loaded."""
    if field not in block:
        return default or NullInitializer()
    return filler_of(layer, getattr(block, field), field)


def filler_of(layer: CaffeLayer, filler: Message, field: str) -> Initializer:
    """The initializer that a filler stands for."""
    kind = FILLERS.get(filler.type)
    if kind is None:
        raise layer.refuse(f"{field} has the type {filler.type!r}; known are {', '.join(FILLERS)}")
    found: Initializer = kind(filler)
    return found


def _gaussian(filler: Message) -> Initializer:
    if filler.sparse >= 0:
        return SparseGaussianInitializer(filler.mean, filler.std, filler.sparse)
    return GaussianInitializer(filler.mean, filler.std)


def _xavier(filler: Message) -> Initializer:
    fan = FANS.get(str(filler.variance_norm), "in")
    return XavierInitializer() if fan == "in" else VarianceXavierInitializer(fan)


def _msra(filler: Message) -> Initializer:
    fan = FANS.get(str(filler.variance_norm), "in")
    return MsraInitializer() if fan == "in" else MsraInitializer(fan)  # type: ignore[arg-type]


FILLERS: dict[str, Any] = {
    "constant": lambda filler: ConstantInitializer(filler.value),
    "gaussian": _gaussian,
    "uniform": lambda filler: UniformInitializer(filler.min, filler.max),
    "xavier": _xavier,
    "msra": _msra,
    "bilinear": lambda filler: BilinearInitializer(),
    "positive_unitball": lambda filler: UnitBallInitializer(),
}
FIXED = ("constant", "bilinear")
"""Fillers without chance: a model may rely on their values and have none of its own."""
