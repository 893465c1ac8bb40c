"""Layers that have parameters and nothing to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.net import Net

from ..translate import Model


def idle_layers(net: Net, model: Model) -> Sequence[str]:
    """The layers, not frozen, that no loss depends on: Mocha refuses such nets, and Caffe leaves them alone."""
    idle = _idle_keys(net, model)
    return [layer.name for layer in model.layers if layer.key in idle and layer.name not in net.frozen]


def idle_parameters(net: Net, model: Model) -> Sequence[str]:
    """Those of these layers, but for what they borrow from layers that learn."""
    idle = _idle_keys(net, model)
    return [parameter.path for parameter in net.all_parameters if parameter.spec.trained and parameter.key in idle]


def _idle_keys(net: Net, model: Model) -> set[str]:
    learning = {trainable.parameter.key for trainable in net.trainable}
    return {place.key for step in model.steps for place in step.places if place.param.trained} - learning
