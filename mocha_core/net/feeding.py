"""Batches from the data layers into the net's memory, and the check of labels on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blob import Blob
from ..layer import Layer
from ..layers.labels import check_labels
from .graph import Graph

if TYPE_CHECKING:
    from ..backend import Backend
    from ..data.feed import Feed


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """One blob of class labels that a layer reads straight from the data."""

    reader: str
    position: int
    classes: int


class Feeder:
    """One data layer at work: fetches a batch, checks its labels, writes it into the net's blobs."""

    def __init__(self, backend: Backend, layer: Layer, feed: Feed, blobs: Sequence[Blob], checks: Sequence[LabelCheck]):
        self.backend, self.layer, self.feed = backend, layer, feed
        self.blobs, self.checks = tuple(blobs), tuple(checks)

    def run(self) -> None:
        """The next batch."""
        self._write(self.feed.fetch())

    def replay(self) -> None:
        """The last batch again."""
        self._write(self.feed.last)

    def _write(self, batch: tuple[np.ndarray[Any, Any], ...]) -> None:
        for check in self.checks:
            check_labels(check.reader, self.layer.tops[check.position], batch[check.position], check.classes)
        for blob, host in zip(self.blobs, batch, strict=True):
            self.backend.write(blob.array, host)


def label_checks(graph: Graph, index: int) -> tuple[LabelCheck, ...]:
    """The labels among the tops of data layer `index`, with the number of classes that their reader allows."""
    checks = []
    for position, version in enumerate(graph.nodes[index].writes):
        for reader, bottom in graph.values[version].readers:
            wish = graph.layer(reader).classes(graph.bottoms(reader))
            if wish is not None and wish[0] == bottom:
                checks.append(LabelCheck(graph.layer(reader).name, position, wish[1]))
    return tuple(checks)
