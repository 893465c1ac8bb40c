"""The manual's verbs for giving a solver its breaks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .coffee_break import Coffee
from .lounge import IfExists

if TYPE_CHECKING:
    from ..solvers.solver import Solver


def add_coffee_break(
    solver: Solver, coffee: Coffee, *, every_n_iter: int | None = None, every_n_epoch: int | None = None
) -> None:
    """Let the solver take this break every so many iterations, or every so many passes through the training data."""
    solver.add_coffee_break(coffee, every_n_iter=every_n_iter, every_n_epoch=every_n_epoch)


def setup_coffee_lounge(
    solver: Solver,
    *,
    save_into: str | os.PathLike[str] = "",
    every_n_iter: int = 1,
    file_exists: IfExists = "merge",
) -> None:
    """Say where the statistics of the solver's breaks are saved; see `CoffeeLounge`. Breaks added before stay."""
    solver.setup_coffee_lounge(save_into=save_into, every_n_iter=every_n_iter, file_exists=file_exists)
