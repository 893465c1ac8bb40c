"""Trainings of the fake net, weight by weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.solvers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    LRPolicy,
    MomPolicy,
    Nesterov,
    RMSProp,
    Solver,
    SolverMethod,
    finalize_solve,
    init_solve,
    onestep_solve,
)

from .fake_net import FakeNet

METHODS = (SGD(), Nesterov(), Adam(), AdamW(), Adagrad(), Adadelta(), RMSProp())

LAGGED = {"lr_policy": LRPolicy.Fixed(0.1), "mom_policy": MomPolicy.Linear(0.5, 0.1, 1, 0.9)}


def trajectory(method: SolverMethod, net: FakeNet, updates: int, **options: Any) -> list[Any]:
    """The first parameter after each update, a number if it has one element; without regularisation unless given."""
    solver = Solver(method, {"max_iter": updates, "regu_coef": 0.0, **options})
    state = init_solve(solver, net)
    found = []
    for _ in range(updates):
        onestep_solve(solver, net, state)
        values = net.parameters[0].blob.to_array().tolist()
        found.append(values[0] if len(values) == 1 else values)
    finalize_solve(solver, net, state)
    return found


def roundings(dtype: str, operations: int) -> float:
    """How far numbers up to 1 may be off after so many operations in this element type."""
    return 8 * float(np.finfo(dtype).eps) * operations**0.5
