"""Layers on the simulated device, against the same mathematics in float64."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core.kernel import Kernel
from mocha_core.testing import Bottom, Case, ReferenceBackend, Rig, tolerance
from mocha_cuda import CudaBackend
from mocha_cuda.device.device import Function
from mocha_cuda.simulation import SimulatedDevice, compiler, no_compiler

needs_compiler = pytest.mark.skipif(compiler() is None, reason=no_compiler())

Values = dict[str, np.ndarray[Any, Any]]


class WideDevice(SimulatedDevice):
    """One whose kernels compute with indices of 64 bits, as they do for arrays of more than 2^31 elements."""

    def function(self, source: str | Path, name: str, **defines: int | float | str) -> Function:
        return super().function(source, name, **defines, MOCHA_NARROW="-1LL")


def simulated(device: SimulatedDevice | None = None, **options: Any) -> CudaBackend:
    """The backend without a GPU."""
    return CudaBackend(device=device or SimulatedDevice(), **options)


def check(case: Case, kernel: type[Kernel], backend: CudaBackend | None = None, **asked: Any) -> Values:
    """Run the case on this kernel, with all that backward does not name made NaN, and compare all results."""
    rig = Rig(case, backend or simulated(), "float32", **asked)
    assert rig.choice.kernel is kernel, rig.choice
    got = rig.run(forget=True)
    for name, want in Rig(case, ReferenceBackend(), "float64", **asked).run().items():
        limit = tolerance("float32", case.terms(), float(np.abs(want).max(initial=1)))
        np.testing.assert_allclose(got[name], want, rtol=0, atol=limit, err_msg=f"{name} of {case}")
    return got


def outcome(case: Case, backend: Any, xs: list[np.ndarray[Any, Any]], dy: np.ndarray[Any, Any] | None) -> Values:
    """What comes of these bottoms, and of this gradient by the first top."""
    dtype = "float64" if isinstance(backend, ReferenceBackend) else "float32"
    rig = Rig(case, backend, dtype)
    for blob, x in zip(rig.state.bottoms, xs, strict=True):
        blob.set(x)
    with np.errstate(all="ignore"):
        rig.kernel.forward()
        found = rig.results()
        if dy is not None:
            rig.state.top_diffs[0].set(dy)
            rig.kernel.backward()
            found |= rig.gradients()
    return found


def bottoms(*shapes: tuple[int, ...]) -> tuple[Bottom, ...]:
    """Signed numbers of these shapes."""
    return tuple(map(Bottom, shapes))
