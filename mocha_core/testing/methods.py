"""Solver methods to check, and what steers them meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import solvers
from ..solvers import LRPolicy, MomPolicy, SolverMethod, SolverParameters, make_solver_parameters


def _is_method(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, SolverMethod) and not value.__abstractmethods__


METHODS: tuple[SolverMethod, ...] = tuple(value() for value in vars(solvers).values() if _is_method(value))
"""Every method of the core."""

STEERING: Mapping[str, Any] = {"lr_policy": LRPolicy.Exp(0.5, 0.5), "mom_policy": MomPolicy.Linear(0.5, 0.125, 1, 0.9)}
"""Large numbers that change with every update."""


def steered(method: SolverMethod, params: Mapping[str, Any]) -> SolverParameters:
    """These solver parameters, and for the method's policies, where none are given, those of `STEERING`."""
    policies = {name: policy for name, policy in STEERING.items() if name in method.defaults()}
    return make_solver_parameters(method, **{"max_iter": 10, **policies, **params})
