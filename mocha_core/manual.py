"""The names of the 2014 manual (v0.0.2) that have other names today: `from mocha_core.manual import *`.

It gives every public name of `mocha_core`, and on top the manual's `System`, `SolverParameters`, `SGD(params)` and
`Snapshot(dir, auto_load=...)`, so that its programs run with nothing changed but the syntax. New programs do without.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from . import api as _api
from .api import *  # noqa: F403 (the point of this module)
from .api import SGD as _SGD
from .api import Backend, Coffee, MomPolicy, Solver, make_solver_parameters
from .api import Snapshot as _Snapshot
from .api import add_coffee_break as _add_coffee_break


def System(backend: Backend) -> Backend:
    """A backend was all that the manual's `System` held; nets take the backend itself now."""
    return backend


def SolverParameters(*, momentum: float | None = None, **options: Any) -> Mapping[str, Any]:
    """Options for `SGD(params)`; `momentum=0.9` means `mom_policy=MomPolicy.Fixed(0.9)`."""
    if momentum is not None:
        options["mom_policy"] = MomPolicy.Fixed(momentum)
    return make_solver_parameters(_SGD(), **options)


def SGD(params: Mapping[str, Any] | None = None) -> Any:
    """With parameters, the manual's solver; without, the method of today."""
    return _SGD() if params is None else Solver(_SGD(), params)


class Snapshot(_Snapshot):
    """`auto_load` resumes from the folder's newest snapshot, or only its weights without `also_load_solver_state`."""

    def __init__(
        self, folder: str | os.PathLike[str], auto_load: bool = False, also_load_solver_state: bool = True
    ) -> None:
        super().__init__(folder)
        self.auto_load, self.also_load_solver_state = auto_load, also_load_solver_state


def add_coffee_break(
    solver: Solver, coffee: Coffee, *, every_n_iter: int | None = None, every_n_epoch: int | None = None
) -> None:
    """As today; an `auto_load` snapshot also tells the solver where to start."""
    _add_coffee_break(solver, coffee, every_n_iter=every_n_iter, every_n_epoch=every_n_epoch)
    if isinstance(coffee, Snapshot) and coffee.auto_load:
        start = {"load_from": str(coffee.folder), "load_solver_state": coffee.also_load_solver_state}
        solver.params = make_solver_parameters(solver.method, **{**solver.params, **start})


__all__ = sorted({*_api.__all__, "SGD", "Snapshot", "SolverParameters", "System", "add_coffee_break"})
