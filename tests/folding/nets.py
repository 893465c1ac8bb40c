"""Nets to fold, with parameters as after some training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mocha_core import Backend, BatchNormLayer, InputLayer, Layer, Net, ParameterStore, ScaleLayer

LIMIT = 1e-12
"""Relative to the largest number of a blob; folding rounds a few times more or less, in float64."""


def net(backend: Backend, layers: Sequence[Layer], shape: Sequence[int], seed: int = 0, **options: Any) -> Net:
    """The layers on an input `data` of that shape, float64, every parameter drawn: variances and counts above 0."""
    options = {"phase": "test", "dtype": "float64", "parameters": ParameterStore(backend), **options}
    made = Net("net", backend, [InputLayer(tops=["data"], shapes=[shape]), *layers], **options)
    rng = np.random.default_rng(seed)
    for parameter in made.all_parameters:
        low = 0.5 if parameter.spec.name in ("var", "count") else -1.0
        parameter.load(rng.uniform(low, 2.0, parameter.blob.shape))
    return made


def normalised(bottom: str, name: str = "1", bias: bool = True, axis: int = 1) -> list[Layer]:
    """Caffe's pair, `bottom` -> `bn<name>` -> `scale<name>`."""
    norm = BatchNormLayer(name=f"bn{name}", bottoms=[bottom], tops=[f"bn{name}"], axis=axis)
    return [norm, ScaleLayer(name=f"scale{name}", bottoms=norm.tops, tops=[f"scale{name}"], bias=bias, axis=axis)]


def predictions(*nets: Net, seed: int = 1) -> list[np.ndarray]:
    """What each makes of the same numbers."""
    x = np.random.default_rng(seed).normal(size=nets[0].given[0].shapes[0])
    return [net.predict(x) for net in nets]


def error(one: np.ndarray, other: np.ndarray) -> float:
    """Relative to the largest number."""
    return float(np.abs(one - other).max() / np.abs(one).max())


def names(net: Net) -> list[str]:
    """Of the layers that a user wrote, without the input."""
    return [layer.name for layer in net.given if not layer.traits.source]
