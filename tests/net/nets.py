"""Small nets that several tests use."""

from __future__ import annotations

import numpy as np

from mocha_core import Neurons
from mocha_core.layer import Layer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer

FEATURES, CLASSES, SAMPLES = 5, 3, 12


def samples(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs `(12, 5)` and labels `(12, 1)`."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(SAMPLES, FEATURES)), rng.integers(0, CLASSES, (SAMPLES, 1)).astype(float)


def data(batch_size: int = 4) -> MemoryDataLayer:
    return MemoryDataLayer(name="data", data=list(samples()), batch_size=batch_size)


def classifier(neuron: Neurons.Identity = Neurons.Tanh()) -> list[Layer]:  # noqa: B008 (specs are values)
    """Two inner products with a neuron between, and a softmax loss."""
    return [
        InnerProductLayer(name="ip1", output_dim=7, neuron=neuron, bottoms=["data"], tops=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=CLASSES, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]
