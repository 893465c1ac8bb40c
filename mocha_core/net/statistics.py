"""Running means of losses and accuracies since the last reset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..backend import Backend
from ..blob import Blob
from ..layer import Layer

Numbers = np.ndarray[Any, Any] | float


@dataclass(slots=True)
class Tally:
    """The mean of one layer's first top, weighted by the items each value stands for: a number, or a blob of them."""

    layer: Layer
    blob: Blob
    items: int | Blob
    total: Numbers = 0.0
    counted: Numbers = 0

    @property
    def count(self) -> int:
        """How many items were counted."""
        return int(np.sum(self.counted))

    @property
    def mean(self) -> float:
        """Over all items; NaN where nothing was counted yet."""
        return float(np.sum(self.total)) / self.count if self.count else float("nan")

    @property
    def means(self) -> list[float]:
        """Of each element of the top, by itself; NaN for those that were not counted yet."""
        totals, counts = (np.broadcast_to(n, self.blob.shape).ravel() for n in (self.total, self.counted))
        return [float(total / count) if count else float("nan") for total, count in zip(totals, counts, strict=True)]

    def add(self, backend: Backend) -> None:
        """Count the values of the forward that just ran."""
        if isinstance(self.items, Blob):
            items = backend.to_host(self.items.array).astype(np.float64)
            self._add(backend.to_host(self.blob.array) * items, items)
        else:
            self._add(backend.scalar(self.blob.array) * self.items, self.items)

    def join(self, other: Tally) -> None:
        """Count what another tally has counted, too."""
        self._add(other.total, other.counted)

    def reset(self) -> None:
        """Forget everything counted so far."""
        self.total, self.counted = 0.0, 0

    def _add(self, total: Numbers, items: Numbers) -> None:
        self.total, self.counted = self.total + total, self.counted + items


class Tallies:
    """The statistics of one net."""

    def __init__(self, backend: Backend, tallies: Sequence[Tally]) -> None:
        self.backend, self.tallies = backend, tuple(tallies)

    def reset(self) -> None:
        """Forget everything counted so far."""
        for tally in self.tallies:
            tally.reset()

    def count(self) -> None:
        """Add the values of the forward that just ran."""
        for tally in self.tallies:
            tally.add(self.backend)

    def add(self, other: Tallies) -> None:
        """Count what another net's layers of the same names have counted, too."""
        mine = {tally.layer.name: tally for tally in self.tallies}
        for theirs in other.tallies:
            mine[theirs.layer.name].join(theirs)

    def values(self) -> dict[str, float]:
        """`<layer>-<suffix>` -> value."""
        return {f"{t.layer.name}-{suffix}": value for t in self.tallies for suffix, value in _report(t).items()}

    def lines(self) -> list[str]:
        """One line per layer, as a validation prints them."""
        return [t.layer.show(t.mean, t.count) for t in self.tallies if t.count]


def _report(tally: Tally) -> dict[str, float]:
    return {**tally.layer.report(tally.mean), **tally.layer.report_each(tally.means)}
