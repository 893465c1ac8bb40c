"""Batches from the data layers into the net's memory, and the check of labels on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blob import Blob
from ..errors import DataError
from ..layer import Layer
from ..layers.labels import check_labels
from ..topology import Version
from .graph import Graph

if TYPE_CHECKING:
    from ..backend import Backend
    from ..data.feed import Feed


@dataclass(frozen=True, slots=True)
class LabelCheck:
    """One blob of class labels that a layer reads straight from the data; `ignored` is no class, but allowed."""

    reader: str
    position: int
    classes: int
    ignored: int | None


class Feeder:
    """One data layer at work: fetches a batch, checks its labels, writes it into the net's blobs."""

    def __init__(self, backend: Backend, layer: Layer, feed: Feed, blobs: Sequence[Blob], checks: Sequence[LabelCheck]):
        self.backend, self.layer, self.feed = backend, layer, feed
        self.blobs, self.checks = tuple(blobs), tuple(checks)
        self.step = backend.feeding(self.blobs, lambda: feed.last)

    def fetch(self) -> None:
        """Wait for the next batch and check its labels, without writing it anywhere."""
        self.step.release()
        self.feed.fetch()
        for check in self.checks:
            self._check(check, self.feed.last[check.position])

    def write(self, blobs: Sequence[Blob] = ()) -> None:
        """The last batch into the net's blobs; or as many of its samples as other blobs hold into those."""
        for blob, host in zip(blobs or self.blobs, self.feed.last, strict=True):
            self.backend.write(blob.array, host[: blob.shape[0]])

    def _check(self, check: LabelCheck, labels: np.ndarray[Any, Any]) -> None:
        try:
            check_labels(check.reader, self.layer.tops[check.position], labels, check.classes, check.ignored)
        except DataError as error:
            raise DataError(f"data layer {self.layer.name!r} delivers a wrong label: {error}") from None


def label_checks(graph: Graph, index: int) -> tuple[LabelCheck, ...]:
    """The labels among the tops of data layer `index`, with the number of classes that their reader allows."""
    tops = enumerate(graph.nodes[index].writes)
    return tuple(check for position, version in tops for check in _checks(graph, version, position))


def _checks(graph: Graph, version: Version, position: int) -> Iterator[LabelCheck]:
    """Also of readers that see the same values under another name or shape."""
    for reader, bottom in graph.values[version].readers:
        layer = graph.layer(reader)
        wish = layer.classes(graph.bottoms(reader))
        if wish is not None and wish[0] == bottom:
            yield LabelCheck(layer.name, position, wish[1], getattr(layer, "ignore_label", None))
        for top, seen in graph.plans[reader].views:
            if seen == bottom:
                yield from _checks(graph, graph.nodes[reader].writes[top], position)
