"""Running means of losses and accuracies since the last reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..backend import Backend
from ..blob import Blob
from ..layer import Layer


@dataclass(slots=True)
class Tally:
    """The mean of one layer's first top, weighted by the items each value stands for."""

    layer: Layer
    blob: Blob
    items: int
    total: float = 0.0
    count: int = 0

    @property
    def mean(self) -> float:
        """NaN where nothing was counted yet."""
        return self.total / self.count if self.count else float("nan")


class Tallies:
    """The statistics of one net."""

    def __init__(self, backend: Backend, tallies: Sequence[Tally]) -> None:
        self.backend, self.tallies = backend, tuple(tallies)

    def reset(self) -> None:
        """Forget everything counted so far."""
        for tally in self.tallies:
            tally.total, tally.count = 0.0, 0

    def count(self) -> None:
        """Add the values of the forward that just ran."""
        for tally in self.tallies:
            tally.total += self.backend.scalar(tally.blob.array) * tally.items
            tally.count += tally.items

    def add(self, other: Tallies) -> None:
        """Count what another net's layers of the same names have counted, too."""
        mine = {tally.layer.name: tally for tally in self.tallies}
        for theirs in other.tallies:
            mine[theirs.layer.name].total += theirs.total
            mine[theirs.layer.name].count += theirs.count

    def values(self) -> dict[str, float]:
        """`<layer>-<suffix>` -> value."""
        reports = [(tally.layer.name, tally.layer.report(tally.mean)) for tally in self.tallies]
        return {f"{name}-{suffix}": value for name, report in reports for suffix, value in report.items()}

    def lines(self) -> list[str]:
        """One line per layer, as a validation prints them."""
        return [t.layer.show(t.mean, t.count) for t in self.tallies if t.count]
