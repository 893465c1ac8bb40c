"""Which of several calls takes least time, on a machine that does other things too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Run = Callable[[], None]
Clock = Callable[[], float]

BUDGET = 0.015
"""Seconds after which no further round begins."""

ROUNDS = 30
HOPELESS = 1.5


def race(runs: Mapping[str, Run], clock: Clock) -> dict[str, float]:
    """The shortest seconds of each call, in rounds that run each of them once, after one call to warm up.

    What took `HOPELESS` times as long as the best is not called again.
    """
    start = clock()
    best = {}
    for name, run in runs.items():
        run()
        best[name] = _seconds(run, clock)
    for _ in range(ROUNDS):
        limit = HOPELESS * min(best.values())
        for name in [name for name, seconds in best.items() if seconds <= limit]:
            if clock() - start > BUDGET:
                return best
            best[name] = min(best[name], _seconds(runs[name], clock))
    return best


def _seconds(run: Run, clock: Clock) -> float:
    start = clock()
    run()
    return clock() - start
