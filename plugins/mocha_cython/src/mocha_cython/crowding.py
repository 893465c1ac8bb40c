"""What to do when other processes take a core: a team of threads that wait for each other is then slower than one.

A thread that has lost its core holds up the whole team at the end of every loop, for as long as the system gives the
core to somebody else: milliseconds, where the loop takes a tenth of one. So each run of a net's steps is timed. If it
takes several times as long as the fastest so far, again and again, the next runs are made by one thread; then the team
gets another try. How work is cut up does not depend on who does it, so the results are the same bits either way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]

SLOW = 3.0
"""A run that takes so many times as long as the fastest was held up."""

NOTICED = 0.001
"""And by so many seconds at least: what the system takes for itself now and then is less."""

STRIKES = 2
"""So many runs held up in a row send the team away."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0
"""Seconds for which one thread goes on alone: at first, and after failed tries, each twice as long as the last."""


@dataclass(slots=True)
class Crowding:
    """Decides, for all nets of a backend, whether the next run is made by the team or by one thread.

    times_alone: how many runs were made by one thread.
    """

    clock: Clock = time.perf_counter
    strikes: int = 0
    pause: float = FIRST_PAUSE
    until: float = 0.0
    times_alone: int = 0

    def alone(self) -> bool:
        """Whether one thread shall make the next run."""
        return self.clock() < self.until

    def held_up(self) -> None:
        """The team's run took too long."""
        self.strikes += 1
        if self.strikes >= STRIKES:
            self.until = self.clock() + self.pause
            self.pause = min(2 * self.pause, LONGEST_PAUSE)
            self.strikes = STRIKES - 1

    def went_well(self) -> None:
        """The team's run took as long as usual."""
        self.strikes, self.pause = 0, FIRST_PAUSE


@dataclass(slots=True)
class Program:
    """Steps that are run over and over: with the team, or alone while the machine is crowded.

    set_alone: makes the calling thread's loops run on one thread, or on the team again.
    """

    steps: Callable[[], None]
    crowding: Crowding
    set_alone: Callable[[bool], None]
    fastest: float = field(default=float("inf"))

    def __call__(self) -> None:
        if self.crowding.alone():
            self._alone()
        else:
            self._together()

    def _alone(self) -> None:
        self.set_alone(True)
        self.crowding.times_alone += 1
        try:
            self.steps()
        finally:
            self.set_alone(False)

    def _together(self) -> None:
        start = self.crowding.clock()
        self.steps()
        taken = self.crowding.clock() - start
        if taken > max(SLOW * self.fastest, self.fastest + NOTICED):
            self.crowding.held_up()
        else:
            self.crowding.went_well()
        self.fastest = min(self.fastest, taken)
