"""What a layer's `loss_weight` and `propagate_down` say of the objective and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mocha_core.layer import Layer
from mocha_core.plan import TRAIN

from ..layers.stop_gradient import StopGradientLayer
from ..layers.weighted_sum import WeightedSumLayer
from .given import CaffeLayer
from .registry import entry_for
from .translated import Translated
from .wiring import Value


def weighted(given: CaffeLayer, tops: Sequence[Value], result: Translated) -> list[Layer]:
    """Losses for the tops that are none themselves, where the file gives them a weight in the objective."""
    message = given.message
    if len(message.loss_weight) > max(1, len(message.top)):
        raise given.refuse(f"{len(message.loss_weight)} loss_weight for {len(message.top)} tops; give one for each")
    weights = dict(zip(message.top, message.loss_weight, strict=False))
    if any(layer.traits.loss for layer in result.layers):
        weights |= dict.fromkeys(message.top[:1], 0.0)
    named = {value.name: weights.get(value.blob, 0.0) for value in tops}
    return [WeightedSumLayer(name=f"{name}/weighted", bottoms=(name,), weight=w) for name, w in named.items() if w]


def stopped(given: CaffeLayer) -> tuple[CaffeLayer, list[Layer]]:
    """The layer as it reads its bottoms, and the layers in between through which no gradient comes back.

    `propagate_down: false` matters in training only. The further bottoms of a loss get no gradient anyway.
    """
    flags = given.message.propagate_down
    if flags and len(flags) != len(given.message.bottom):
        raise given.refuse(
            f"propagate_down is there {len(flags)} times for {len(given.message.bottom)} bottoms; give one for each"
        )
    found = entry_for(given.message)
    read = given.bottoms[:1] if found is not None and found.sink else given.bottoms
    names = {
        bottom: given.step(f"stopped {bottom}")
        for bottom, flag in zip(read, flags, strict=False)
        if not flag and given.settings.phase == TRAIN
    }
    stops: list[Layer] = [
        StopGradientLayer(name=name, bottoms=(bottom,), tops=(name,)) for bottom, name in names.items()
    ]
    return replace(given, bottoms=tuple(names.get(bottom, bottom) for bottom in given.bottoms)), stops
