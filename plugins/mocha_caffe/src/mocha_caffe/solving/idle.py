"""Layers that have parameters and nothing to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.net import Net

from ..translate import Model


def idle_layers(net: Net, model: Model) -> Sequence[str]:
    """The layers, not frozen, that no loss depends on: Mocha refuses such nets, and Caffe leaves them alone."""
    learning = {trainable.parameter.key for trainable in net.trainable}
    keys = {place.key for step in model.steps for place in step.places if place.param.trained}
    idle = keys - learning
    return [layer.name for layer in model.layers if layer.key in idle and layer.name not in net.frozen]
