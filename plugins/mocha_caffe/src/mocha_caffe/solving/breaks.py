"""The coffee breaks that a solver prototxt asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mocha_core.coffee import CoffeeBreak

from .display import CaffeDisplay
from .recipe import Recipe
from .snapshots import CaffeSnapshot
from .testing import CaffeTest, Interval

if TYPE_CHECKING:
    from mocha_core.net import Net
    from mocha_core.solvers import Solver

STATISTICS = "statistics.h5"


def add_breaks(solver: Solver, recipe: Recipe, test_nets: Sequence[Net], snapshot: CaffeSnapshot | None) -> None:
    """In this order: tests, display, snapshots. Statistics go beside Mocha's snapshots."""
    message = recipe.message
    if snapshot is not None:
        solver.setup_coffee_lounge(save_into=recipe.folder / STATISTICS, every_n_iter=message.snapshot or 1000)
    for number, (net, test) in enumerate(zip(test_nets, recipe.tests, strict=True)):
        coffee = CaffeTest(net, test.batches, number, show_loss=message.test_compute_loss)
        when = Interval(message.test_interval, message.test_initialization)
        solver.coffee_lounge.breaks.append(CoffeeBreak(coffee, when))
    if message.display > 0:
        solver.add_coffee_break(CaffeDisplay(message.display, max(message.average_loss, 1)), every_n_iter=1)
    if snapshot is not None:
        solver.add_coffee_break(snapshot, every_n_iter=1)
