"""BN: batch normalisation with scale and bias in one layer, as three forks have it under one name."""

from __future__ import annotations

from typing import Any

from mocha_core.layer import Layer
from mocha_core.layers import BatchNormLayer, ScaleLayer
from mocha_core.regularizers import NoRegu

from ...formats import Message
from ..given import CaffeLayer
from ..learning import ONE, ZERO, initializer, learning
from ..registry import translates
from ..translated import Slot, Translated

SEGNETS_EPS = 1e-9
FROZEN = {"scale_lr": 0.0, "scale_regu": NoRegu(), "bias_lr": 0.0, "bias_regu": NoRegu()}


@translates("BN")
def bn(layer: CaffeLayer) -> Translated:
    """PSPNet's and ICNet's has four blobs: slope, bias, running mean, running variance.

    SegNet's and ENet's has two, scale and shift, and no running averages: it normalises by the batch in both phases, or
    (bn_mode: INFERENCE) not at all, because mean and variance were folded into its blobs.
    """
    block = layer.block("bn_param")
    if block.bn_mode == "INFERENCE":
        made = layer.make(ScaleLayer, bias=True, axis=block.axis, **_scaling(layer, block))
        return Translated(layers=(made,), slots=(Slot(param="scale", loose=True), Slot(param="bias", loose=True)))
    names = [("scale", 1), ("bias", 1)]
    if _is_segnets(layer, block):
        options: dict[str, Any] = {"statistics": "batch", "eps": SEGNETS_EPS}
    else:
        options = _averaging(block)
        names += [("mean", 0), ("var", 0)]
    normal = layer.make(BatchNormLayer, tops=[layer.step("normalised")], axis=block.axis, **options)
    layers = normal, _scale(layer, normal, block)
    return Translated(layers=layers, slots=[Slot(param=name, loose=True, of=of) for name, of in names])


def _is_segnets(layer: CaffeLayer, block: Message) -> bool:
    """By what it says, or by how many blobs it has."""
    others = any(name in block for name in ("var_eps", "decay", "moving_average", "slope_filler", "frozen"))
    said = "bn_mode" in block or "scale_filler" in block or "shift_filler" in block
    return len(layer.message.blobs) == 2 or (said and not others)


def _averaging(block: Message) -> dict[str, Any]:
    """How the running averages are made and used. In PSPNet's older spelling `decay` is the weight of the new batch."""
    if "var_eps" in block or "decay" in block or "moving_average" in block:
        keeps = block.moving_average or "moving_average" not in block
        options: dict[str, Any] = {"eps": block.var_eps, "moving_average": 1 - block.decay}
        return options | {"statistics": "phase" if keeps else "batch", "warm_up": False}
    statistics = "running" if block.frozen else "phase"
    return {"eps": block.eps, "moving_average": block.momentum, "statistics": statistics, "warm_up": False}


def _scale(layer: CaffeLayer, normal: Layer, block: Message) -> Layer:
    frozen = FROZEN if block.frozen else {}
    options = _scaling(layer, block) | frozen
    return layer.make(
        ScaleLayer, name=layer.step("scale"), bottoms=normal.tops, axis=block.axis, bias=True, **options
    )


def _scaling(layer: CaffeLayer, block: Message) -> dict[str, Any]:
    """How scale and bias start and learn."""
    scale, bias = (
        next((name for name in names if name in block), names[0])
        for names in (("slope_filler", "scale_filler"), ("bias_filler", "shift_filler"))
    )
    starts = {"scale_init": initializer(layer, block, scale, ONE), "bias_init": initializer(layer, block, bias, ZERO)}
    return learning(layer, "scale", "bias") | starts
