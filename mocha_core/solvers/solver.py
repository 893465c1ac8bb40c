"""The solver: a method, its parameters, and a coffee lounge."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..coffee.coffee_break import Coffee, CoffeeBreak
from ..coffee.lounge import CoffeeLounge, IfExists
from ..coffee.triggers import make_trigger
from ..errors import OptionError
from .method import SolverMethod
from .parameters import make_solver_parameters
from .state import SolverState

if TYPE_CHECKING:
    from ..net import Net


class Solver:
    """Trains nets. `solve` called again for the same net goes on where it stopped; parameters are never re-initialised.

    method: the update rule, e.g. `SGD()`.   params: from `make_solver_parameters`, or a plain mapping of its options.

    >>> from mocha_core import SGD, Solver, TrainingSummary, make_solver_parameters
    >>> solver = Solver(SGD(), make_solver_parameters(SGD(), max_iter=1000))
    >>> solver.add_coffee_break(TrainingSummary(), every_n_iter=100)
    >>> [each.trigger for each in solver.coffee_lounge.breaks]
    [EveryIter(n=100)]
    """

    def __init__(self, method: SolverMethod, params: Mapping[str, Any]) -> None:
        if not isinstance(method, SolverMethod):
            raise OptionError(f"a solver needs a method such as SGD(), not {method!r}")
        self.method = method
        self.params = make_solver_parameters(method, **params)
        self.coffee_lounge = CoffeeLounge()
        self.state: SolverState | None = None

    def add_coffee_break(
        self, coffee: Coffee, *, every_n_iter: int | None = None, every_n_epoch: int | None = None
    ) -> None:
        """Take this break every so many iterations, or every so many passes through the training data.

        Breaks are taken in the order of their adding, also at iteration 0 and after a resume.
        """
        if not isinstance(coffee, Coffee):
            raise OptionError(f"a coffee break is a Coffee such as TrainingSummary(), not {coffee!r}")
        self.coffee_lounge.breaks.append(CoffeeBreak(coffee, make_trigger(every_n_iter, every_n_epoch)))

    def setup_coffee_lounge(
        self, *, save_into: str | os.PathLike[str] = "", every_n_iter: int = 1, file_exists: IfExists = "merge"
    ) -> None:
        """Say where the statistics are saved; see `CoffeeLounge`. Breaks and statistics of before stay."""
        lounge = CoffeeLounge(save_into, every_n_iter=every_n_iter, file_exists=file_exists)
        lounge.succeed(self.coffee_lounge)
        self.coffee_lounge = lounge

    def solve(self, net: Net) -> None:
        """Train the net until `max_iter` updates are done."""
        from .loop import solve

        solve(self, net)

    def __repr__(self) -> str:
        return f"Solver({self.method!r}, {self.params!r})"
