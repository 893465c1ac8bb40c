"""Whole nets give the same on every backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backend import Backend
from ..layer import Layer
from ..net import Net
from ..parameters import ParameterStore
from ..plan import TEST, TRAIN
from .backends import ReferenceBackend
from .failure import CheckFailure
from .tolerances import size_of, tolerance

Run = dict[str, np.ndarray[Any, np.dtype[Any]]]
STEPS = 2


def expect_parity(layers: Sequence[Layer], backend: Backend, dtype: str = "float64") -> None:
    """Losses, statistics and all gradients of two steps are the reference's, and so are those of the test phase.

    In float32 only the losses are compared: which side of a kink an activation is on may depend on its last bit.
    """
    truth, depth = ReferenceBackend(seed=backend.seed), len(layers)
    for phase in (TRAIN, TEST):
        want, terms = _run(layers, truth, phase, "float64")
        got, _ = _run(layers, backend, phase, dtype)
        for name, right in want.items():
            if dtype == "float32" and not name.startswith("loss"):
                continue
            # Every layer adds its own rounding errors to those that it passes on.
            allowed = depth * tolerance(dtype, terms, max(1.0, size_of(right)))
            error = np.abs(got[name] - right)
            if not (error <= allowed).all():
                where = f"{name} in phase {phase} on {backend.name} in {dtype}"
                raise CheckFailure(
                    f"{where} is off by {error.max():.2g} (allowed {allowed:.2g}) in a net of {layers!r}"
                )


def _run(layers: Sequence[Layer], backend: Backend, phase: str, dtype: str) -> tuple[Run, int]:
    """Two steps, and more numbers than any result depends on."""
    store = ParameterStore(backend)
    net = Net("parity", backend, layers, phase=phase, dtype=dtype, gradients=_inputs(phase), parameters=store)
    found: Run = {}
    for step in range(STEPS):
        found[f"loss of step {step}"] = np.asarray(net.forward())
        if phase == TRAIN:
            net.backward()
            found |= {f"gradient of {t.parameter.path}, step {step}": t.diff.to_array() for t in net.trainable}
            found[f"gradient of data, step {step}"] = net.diff("data").to_array()
    found |= {f"statistic {key}": np.asarray(value) for key, value in net.statistics().items()}
    terms = sum(parameter.blob.spec.size for parameter in net.all_parameters) + layers[0].plan(()).tops[0].size
    net.close()
    return found, terms


def _inputs(phase: str) -> tuple[str, ...]:
    return ("data",) if phase == TRAIN else ()
