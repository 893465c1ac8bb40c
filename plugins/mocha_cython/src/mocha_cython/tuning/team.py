"""A small loop of the backend's team of threads, as a measure of how well the team works just now."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from .stopwatch import Clock

SIZE = 1 << 16
"""Floats that the loop adds: some ten microseconds of work, enough for all threads to take part."""

RUNS = 25
UNEVEN = 6.0
"""Where the median run takes so many times the shortest one, threads wait for cores that others have."""

BELIEVED = 2.0
"""Seconds for which that is believed without another look."""


class Team:
    """The team of one backend."""

    def __init__(self, backend: Any, clock: Clock) -> None:
        self.backend, self.clock = backend, clock
        self._busy_until = float("-inf")
        self.target, self.source = (np.zeros(SIZE, np.float32) for _ in range(2))

    def loop(self) -> None:
        """One loop. After a kernel with threads of its own, it takes as long as those keep the cores."""
        self.backend.add(self.target, self.source)

    def is_held_up(self) -> bool:
        """Whether other processes take cores away, so that nothing can be measured."""
        if self.backend.threads == 1:
            return False
        if self.clock() >= self._busy_until and self._is_uneven():
            self._busy_until = self.clock() + BELIEVED
        return self.clock() < self._busy_until

    def _is_uneven(self) -> bool:
        self.loop()
        seconds = [self._seconds() for _ in range(RUNS)]
        return statistics.median(seconds) > UNEVEN * min(seconds)

    def _seconds(self) -> float:
        start = self.clock()
        self.loop()
        return self.clock() - start
