"""Running means of losses and accuracies since the last reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..backend import Step
from ..blob import Shape
from ..counting import Counter
from ..layer import Layer


@dataclass(frozen=True, slots=True)
class Tally:
    """The mean of one layer's first top, of this shape, weighted by the items each value stands for."""

    layer: Layer
    shape: Shape
    counter: Counter

    @property
    def count(self) -> int:
        """How many items were counted."""
        return int(np.sum(self.counter.read()[1]))

    @property
    def mean(self) -> float:
        """Over all items; NaN where nothing was counted yet."""
        total, counted = self.counter.read()
        count = int(np.sum(counted))
        return float(np.sum(total)) / count if count else float("nan")

    @property
    def means(self) -> list[float]:
        """Of each element of the top, by itself; NaN for those that were not counted yet."""
        totals, counts = (np.broadcast_to(n, self.shape).ravel() for n in self.counter.read())
        return [float(total / count) if count else float("nan") for total, count in zip(totals, counts, strict=True)]


class Tallies:
    """The statistics of one net."""

    def __init__(self, tallies: Sequence[Tally]) -> None:
        self.tallies = tuple(tallies)

    @property
    def steps(self) -> list[Step]:
        """What counts the values of a forward, as steps of a program."""
        return [tally.counter for tally in self.tallies]

    def reset(self) -> None:
        """Forget everything counted so far."""
        for tally in self.tallies:
            tally.counter.reset()

    def count(self) -> None:
        """Add the values of the forward that just ran."""
        for tally in self.tallies:
            tally.counter()

    def add(self, other: Tallies) -> None:
        """Count what another net's layers of the same names have counted, too."""
        mine = {tally.layer.name: tally for tally in self.tallies}
        for theirs in other.tallies:
            mine[theirs.layer.name].counter.join(*theirs.counter.read())

    def values(self) -> dict[str, float]:
        """`<layer>-<suffix>` -> value."""
        return {f"{t.layer.name}-{suffix}": value for t in self.tallies for suffix, value in _report(t).items()}

    def lines(self) -> list[str]:
        """One line per layer, as a validation prints them."""
        return [t.layer.show(t.mean, t.count) for t in self.tallies if t.count]


def _report(tally: Tally) -> dict[str, float]:
    return {**tally.layer.report(tally.mean), **tally.layer.report_each(tally.means)}
