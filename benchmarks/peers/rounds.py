"""Contestants take turns in one process, round by round, so that what slows the machine for a while slows them all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Step = Callable[[], object]
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Pace:
    """repeats: steps a turn; 0: as many as fill `seconds`, at least 3.   warmup: steps before those, not counted.
    pause: seconds before a turn, so that the idle threads of the contestant before stop spinning.
    """

    rounds: int = 9
    repeats: int = 0
    seconds: float = 0.5
    pause: float = 0.05
    warmup: int = 2


def measure(steps: Mapping[str, Step], pace: Pace) -> Times:
    """Median seconds of a step, one figure for each contestant and round; every other round goes backwards."""
    times: Times = {name: [] for name in steps}
    for number in range(pace.rounds):
        for name in reversed(steps) if number % 2 else steps:
            times[name].append(_turn(steps[name], pace))
    return times


def _turn(step: Step, pace: Pace) -> float:
    time.sleep(pace.pause)
    last = [_seconds(step) for _ in range(max(pace.warmup, 1))][-1]
    repeats = pace.repeats or max(3, round(pace.seconds / last))
    return statistics.median(_seconds(step) for _ in range(repeats))


def _seconds(step: Step) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


@dataclass(frozen=True)
class Ratio:
    """The median over the rounds, and the middle half."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, mine: list[float], rivals: list[list[float]]) -> Ratio:
        """My time over the best rival's of the same round."""
        ratios = [own / min(others) for own, *others in zip(mine, *rivals, strict=True)]
        low, median, high = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else 3 * ratios
        return cls(median, low, high)

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} .. {self.high:.2f})"
