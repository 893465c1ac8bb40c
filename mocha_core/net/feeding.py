"""Batches from the data layers into the net's memory, and the check of labels and the like on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..admitted import Check
from ..blob import Blob
from ..errors import DataError
from ..layer import Layer
from ..topology import Version
from .graph import Graph

if TYPE_CHECKING:
    from ..backend import Backend
    from ..data.feed import Feed


class Feeder:
    """One data layer at work: fetches a batch, checks it, writes it into the net's blobs."""

    def __init__(self, backend: Backend, layer: Layer, feed: Feed, blobs: Sequence[Blob]):
        self.backend, self.layer, self.feed = backend, layer, feed
        self.blobs = tuple(blobs)
        self._checks = [(position, check) for position, blob in enumerate(blobs) for check in blob.checks]
        self.step = backend.feeding(self.blobs, lambda: feed.last)

    def fetch(self) -> None:
        """Wait for the next batch and check it, without writing it anywhere."""
        self.step.release()
        self.feed.fetch()
        try:
            for position, check in self._checks:
                check(self.feed.last[position])
        except DataError as error:
            raise DataError(f"data layer {self.layer.name!r} delivers a wrong {check.admitted.noun}: {error}") from None

    def write(self, blobs: Sequence[Blob] = ()) -> None:
        """The last batch into the net's blobs; or as many of its samples as other blobs hold into those."""
        for blob, host in zip(blobs or self.blobs, self.feed.last, strict=True):
            self.backend.write(blob.array, host[: blob.shape[0]])


def checks(graph: Graph, version: Version, name: str) -> Iterator[Check]:
    """What the readers of blob `name` can read of it; also those of a version that is its values in another shape."""
    for reader, bottom in graph.values[version].readers:
        layer, bottoms = graph.layer(reader), graph.bottoms(reader)
        admitted = layer.admits(bottoms).get(bottom)
        if admitted is not None:
            yield Check(layer.name, name, bottoms[bottom].shape, admitted)
        for top, seen in graph.plans[reader].views:
            if seen == bottom:
                yield from checks(graph, graph.nodes[reader].writes[top], name)
