"""The gradient is the slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...backend import Backend
from ...blob import Blob
from ..case import Case
from ..failure import failed
from ..rig import Rig
from ..tolerances import difference_step, slope_tolerance
from ..values import Host
from .check import check


@check(dtypes=("float64",), about_spec=True, backprop=True)
def gradient_is_the_slope(case: Case, backend: Backend, dtype: str) -> None:
    """Along a random direction in each input, sum(dy * y) changes as the gradient says (central differences)."""
    if not case.slope:
        return
    rig = Rig(case, backend, dtype)
    gradients = rig.run()
    for name, blob, values in _inputs(rig):
        if name in gradients:
            _expect_slope(rig, name, gradients[name], Line(rig, blob, values))


@dataclass(frozen=True, slots=True)
class Line:
    """sum(dy * y) as a function of how far one input is moved along a random direction."""

    rig: Rig
    blob: Blob
    values: Host

    @property
    def direction(self) -> Host:
        return np.asarray(np.random.default_rng(7).uniform(-1, 1, self.values.shape))

    def products(self, distance: float) -> list[Host]:
        """The terms of the sum, of a forward that is the first; the input is put back."""
        self.rig.reset_state()
        self.blob.set(self.values + distance * self.direction)
        self.rig.kernel.forward()
        self.blob.set(self.values)
        return [dy * self.rig.results()[f"top {k}"] for k, dy in enumerate(self.rig.top_diff_values())]

    def slope(self, step: float) -> float:
        above, below = self.products(step), self.products(-step)
        return sum(float((a - b).sum()) for a, b in zip(above, below, strict=True)) / (2 * step)

    def scale(self) -> float:
        return sum(float(np.abs(p).sum()) for p in self.products(0.0))


def _expect_slope(rig: Rig, name: str, gradient: Host, line: Line) -> None:
    said, step = float((gradient * line.direction).sum()), difference_step()
    found = line.slope(step)
    allowed = slope_tolerance(found, line.slope(2 * step), rig.case.terms(), line.scale())
    if not abs(said - found) <= allowed:
        text = f"it says {said:.9g}, differences of forward give {found:.9g} (allowed {allowed:.2g})"
        raise failed(rig.case, rig.where, f"{name} is not the slope: {text}")


def _inputs(rig: Rig) -> list[tuple[str, Blob, Host]]:
    bottoms = zip(rig.state.bottoms, rig.bottom_values(), strict=True)
    xs = [(f"gradient of bottom {k}", blob, values) for k, (blob, values) in enumerate(bottoms)]
    return xs + [(f"gradient of {name}", rig.state.params[name], v) for name, v in rig.param_values().items()]
