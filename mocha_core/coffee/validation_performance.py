"""How well the net does on data it does not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from ..log import logger
from .coffee_break import Coffee

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge

Listener = Callable[["CoffeeLounge", "Net", "SolverState"], None]

RULE = "-" * 57


class ValidationPerformance(Coffee):
    """Runs a validation net through its data once, logs its statistics and records them in the lounge.

    The net shares its parameters with the training net by having equal layers. Every validation starts at the same
    place in the data, so two of them see the same samples. The net is not closed at the end.

    net: built with `phase="test"`; never the training net itself, whose position in the data would move.
    exact: every sample counts once; False fills up the last batch with samples from the beginning, which count twice.
    """

    def __init__(self, net: Net, exact: bool = True) -> None:
        self.net, self.exact = net, exact
        self.listeners: list[Listener] = []
        self._start: Mapping[str, Any] | None = None

    def register(self, listener: Listener) -> None:
        """Call `listener(lounge, training_net, state)` after each validation."""
        self.listeners.append(listener)

    def init(self, net: Net, state: SolverState) -> None:
        if self.net is net:
            raise OptionError(
                f"ValidationPerformance was given the training net {net.name!r} itself; build a second net from the "
                f"same layers and other data: Net(..., phase='test')"
            )
        self.net.init()
        self._start = self._start or self.net.data_state()

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self.net.restore_data(self._start or {})
        self.net.reset_statistics()
        self.net.forward_epoch(exact=self.exact)
        self._log(state.iter)
        for key, value in self.net.statistics().items():
            lounge.update_statistics(key, value)
        for listener in self.listeners:
            listener(lounge, net, state)

    def _log(self, iteration: int) -> None:
        lines = [f"  {line}" for line in self.net.statistic_lines()]
        heading = f"## Performance on Validation Set after {iteration} iterations"
        for line in ("", heading, RULE, *lines, RULE, ""):
            logger.info("%s", line)


def register(coffee: ValidationPerformance, listener: Listener) -> None:
    """The manual's spelling of `coffee.register(listener)`."""
    coffee.register(listener)
