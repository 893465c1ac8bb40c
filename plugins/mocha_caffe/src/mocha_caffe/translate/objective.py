"""What a layer's `loss_weight` and `propagate_down` say of the objective and its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mocha_core.layer import Layer
from mocha_core.net.graph import build_graph
from mocha_core.net.lowering import primitives
from mocha_core.net.through_losses import through_a_loss
from mocha_core.plan import TRAIN
from mocha_core.topology import results, sort_layers

from ..layers.stop_gradient import StopGradientLayer
from ..layers.weighted_sum import WeightedSumLayer
from .given import CaffeLayer
from .model import Model, Step
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


def refuse_through_losses(model: Model) -> None:
    """Refuse a net for training where a gradient would have to go back through a loss, as it does in Caffe."""
    read = {name for layer in model.layers for name in layer.bottoms}
    if not any(layer.traits.loss and not read.isdisjoint(results(layer)) for layer in model.layers):
        return
    nodes = sort_layers(primitives(model.layers, TRAIN))
    found = through_a_loss(build_graph(nodes, TRAIN, "float32", model.inputs if model.force_backward else ()))
    if found is not None:
        loss, reader = (_step(model, layer).given for layer in (found.loss, found.reader))
        raise reader.refuse(
            f"it reads blob {loss.message.top[0]!r} of loss {loss.message.name!r} on the way to another loss, and in "
            f"Mocha no gradient goes back through a loss; write propagate_down: false where none is meant to, a factor "
            f"as loss_weight of {loss.message.name!r}, or compute the blob from what layer {loss.message.name!r} reads"
        )


def _step(model: Model, layer: Layer) -> Step:
    """What that layer of the running net is a part of."""
    return next(step for step in model.steps if layer.name in _names(step))


def _names(step: Step) -> set[str]:
    running = (layer.in_phase(TRAIN) for layer in step.layers)
    return {part.name for layer in running if layer is not None for part in layer.parts()}
