"""Update kernels compute what the solver's method says."""

from __future__ import annotations

import numpy as np

from ...backend import Backend
from ...blob import DTYPES
from ...solvers import SolverMethod, SolverParameters
from ..backends import ReferenceBackend
from ..failure import CheckFailure, Expected
from ..tolerances import tolerance
from ..update_rig import UPDATES, UpdateRig, gradients
from ..values import Numbers
from .truth import sized

TERMS = 64
"""More operations than three updates of one number are."""


def update_matches(method: SolverMethod, params: SolverParameters, backend: Backend) -> None:
    """Weights and history are those of the method's own mathematics in float64; gradients are left alone."""
    want = true_updates(method, params)
    for dtype in DTYPES:
        rig = UpdateRig(method, params, backend, dtype)
        got = rig.run()
        for name, right in want.outcome.items():
            error, allowed = np.abs(got[name] - right), tolerance(dtype, TERMS, want.sizes[name])
            if not (error <= allowed).all():
                raise CheckFailure(f"{rig.where}: {name} is off by {error.max():.2g}; allowed {allowed:.2g}")
        for seed, place in enumerate(rig.places):
            if not np.array_equal(place.diff.to_array(), gradients(place, UPDATES, seed).astype(dtype)):
                raise CheckFailure(f"{rig.where}: the gradient of a parameter of {place.weight.shape} was written to")


def true_updates(method: SolverMethod, params: SolverParameters) -> Expected:
    """What must come out, and the size of what it is made of, as `truth` finds it for layers."""
    trial = method, params, ReferenceBackend(), "float64"
    return sized(lambda shake: UpdateRig(*trial, Numbers(shake=shake)).run())
