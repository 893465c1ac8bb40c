"""Nets written in the tests, run."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core import Net, ParameterStore
from mocha_core.testing.opening import opened

from .texts import model

Host = np.ndarray[Any, Any]


def inputs(**shapes: tuple[int, ...]) -> str:
    """Input layers of these shapes."""
    return "".join(
        f'layer {{ name: "in {name}" type: "Input" top: "{name}" input_param {{ shape {{ '
        + " ".join(f"dim: {side}" for side in shape)
        + " } } }\n"
        for name, shape in shapes.items()
    )


def built(text: str, phase: str = "test", backend: str = "reference", **options: Any) -> Net:
    """The net, in double precision, with everything kept."""
    found = model(text, phase=phase)
    store = ParameterStore(opened(backend))
    options = {"phase": phase, "dtype": "float64", "keep": "all", "parameters": store, **options}
    return Net("net", store.backend, found.layers, **options)


def run(text: str, *tops: str, backend: str = "reference", **given: Host) -> tuple[Host, ...]:
    """These blobs, for inputs with these values."""
    with built(inputs(**{name: array.shape for name, array in given.items()}) + text, backend=backend) as net:
        for name, array in given.items():
            net.blob(name).set(array)
        net.forward()
        return tuple(net.blob(top).to_array() for top in tops)


def random(*shape: int, seed: int = 0) -> Host:
    """Normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)
