"""What Ctrl-C and a closed terminal do to a training."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocha_core.coffee import Coffee
from mocha_core.errors import OptionError
from mocha_core.log import logger

from .snapshots import CaffeSnapshot

if TYPE_CHECKING:
    from mocha_core.coffee import CoffeeLounge
    from mocha_core.net import Net
    from mocha_core.solvers import SolverState

EFFECTS = ("stop", "snapshot", "none")


class Signals(Coffee):
    """Lets signals stop the training after the iteration at work, or write a snapshot, or do nothing.

    To be taken every iteration, before the `snapshot` break. A second signal that stops ends the program at once.

    effects: by the name of a signal, such as {"SIGINT": "stop", "SIGHUP": "snapshot"}; one that the system has not is
    left out.   snapshot: the break that writes, if there is one.
    """

    def __init__(self, effects: Mapping[str, str], snapshot: CaffeSnapshot | None = None) -> None:
        for name, effect in effects.items():
            if effect not in EFFECTS:
                raise OptionError(f"the effect of {name} is {', '.join(EFFECTS)}, not {effect!r}")
        numbers = {name: getattr(signal, name, None) for name in effects}
        self._effects = {number: effects[name] for name, number in numbers.items() if number is not None}
        self._snapshot = snapshot
        self._pending: list[int] = []
        self._before: dict[int, Any] = {}

    def init(self, net: Net, state: SolverState) -> None:
        self._before = {number: signal.signal(number, self._note) for number in self._effects}

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        pending, self._pending = self._pending, []
        for number in pending:
            self._do(number, state)

    def destroy(self, net: Net) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _note(self, number: int, frame: object) -> None:
        if number in self._pending and self._effects[number] == "stop":
            raise KeyboardInterrupt
        self._pending.append(number)

    def _do(self, number: int, state: SolverState) -> None:
        name, effect = signal.Signals(number).name, self._effects[number]
        if effect == "stop":
            state.stop(f"{name}; start again to go on")
        elif effect == "snapshot" and self._snapshot is not None:
            logger.info("%s: taking a snapshot", name)
            self._snapshot.ask()
