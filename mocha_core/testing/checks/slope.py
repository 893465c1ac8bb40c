"""The gradient is the slope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...backend import Backend
from ..case import Case
from ..failure import failed
from ..rig import Rig
from ..tolerances import difference_step, slope_tolerance
from .check import check

Host = np.ndarray[Any, np.dtype[np.float64]]


@check(dtypes=("float64",), about_spec=True, backprop=True)
def gradient_is_the_slope(case: Case, backend: Backend, dtype: str) -> None:
    """Along a random direction in each input, sum(dy * y) changes as the gradient says (central differences)."""
    rig = Rig(case, backend, dtype)
    gradients = rig.run()
    bottoms = [(f"gradient of bottom {k}", blob, v) for k, (blob, v) in enumerate(zip(rig.state.bottoms, rig.bottom_values(), strict=True))]
    params = [(f"gradient of {name}", rig.state.params[name], v) for name, v in rig.param_values().items()]
    for name, blob, values in (*bottoms, *params):
        if name in gradients:
            _expect_slope(rig, name, gradients[name], values, _objective(rig, blob))


def _expect_slope(rig: Rig, name: str, gradient: Host, values: Host, objective: Callable[[Host], tuple[float, float]]) -> None:
    direction = np.random.default_rng(7).uniform(-1, 1, values.shape)
    said, step = float((gradient * direction).sum()), difference_step()
    fine, scale = _slope(objective, values, direction, step)
    coarse, _ = _slope(objective, values, direction, 2 * step)
    allowed = slope_tolerance(fine, coarse, rig.case.terms(), scale)
    if not abs(said - fine) <= allowed:
        raise failed(rig.case, rig.where, f"{name} is not the slope: it says {said:.9g}, differences give {fine:.9g} (allowed {allowed:.2g})")


def _slope(objective: Callable[[Host], tuple[float, float]], values: Host, direction: Host, step: float) -> tuple[float, float]:
    above, scale = objective(values + step * direction)
    below, _ = objective(values - step * direction)
    return (above - below) / (2 * step), scale


def _objective(rig: Rig, blob: Any) -> Callable[[Host], tuple[float, float]]:
    """sum(dy * y) as a function of what one blob holds, and the sum of its absolute terms."""

    def objective(values: Host) -> tuple[float, float]:
        blob.set(values)
        rig.kernel.forward()
        products = [dy * rig.results()[f"top {k}"] for k, dy in enumerate(rig.top_diff_values())]
        return sum(float(p.sum()) for p in products), sum(float(np.abs(p).sum()) for p in products)

    return objective
