"""How far a training is, at a glance."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .coffee_break import Coffee
from .displays import Display, choose
from .triggers import not_negative

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


class ProgressBar(Coffee):
    """Shows how many updates are done, how fast, and some numbers. Add it with `every_n_iter=1`.

    A bar on a terminal, if the package rich is installed (`pip install "mocha-core[progress]"`); in a notebook a line
    that changes at most twice a second; elsewhere a line of text every so many `seconds`. Log lines are shown as
    before; `logging.getLogger("mocha").setLevel("WARNING")` leaves out the usual ones.

    names: what is shown: statistics that other breaks record, of which the newest is taken, or the solver's own
    ("obj_val", "learning_rate", loss layers).   quiet: show nothing.

    >>> from mocha_core import ProgressBar
    >>> ProgressBar("obj_val", "test-accuracy", seconds=2).names
    ('obj_val', 'test-accuracy')
    """

    def __init__(self, *names: str, seconds: float = 10.0, quiet: bool = False) -> None:
        self.names = names or ("obj_val",)
        self.seconds, self.quiet = not_negative("ProgressBar: seconds", seconds), quiet
        self._display: Display | None = None
        self._due, self._shown_at = 0.0, -1
        self._now: tuple[CoffeeLounge, SolverState] | None = None

    def init(self, net: Net, state: SolverState) -> None:
        if not self.quiet:
            self._display = choose(float(state.params["max_iter"]), state.iter, self.seconds)
        self._due, self._shown_at = 0.0, -1

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self._now = (lounge, state)
        if self._display is not None and time.monotonic() >= self._due:
            self._show(self._display)

    def destroy(self, net: Net) -> None:
        """Show how it ended."""
        if self._display is not None:
            self._show(self._display)
            self._display.close()
        self._display = self._now = None

    def _show(self, display: Display) -> None:
        if self._now is not None and self._now[1].iter != self._shown_at:
            lounge, state = self._now
            known = state.names
            display.show(state.iter, "  ".join(f"{name} {_shown(name, lounge, state, known)}" for name in self.names))
            self._due, self._shown_at = time.monotonic() + display.pause, state.iter


def _shown(name: str, lounge: CoffeeLounge, state: SolverState, known: tuple[str, ...]) -> str:
    if name in known:
        return f"{state.value(name):.4f}"
    records = lounge.statistics.get(name, {})
    newest = max((i for i in records if i <= state.iter), default=None)
    return "..." if newest is None else f"{records[newest]:.4f}"
