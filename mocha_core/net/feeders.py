"""All data layers of one net together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..backend import Step
from ..errors import TopologyError
from .feeding import Feeder


class Feeders:
    """The data layers in running order; the first one counts the epochs."""

    def __init__(self, feeders: Sequence[Feeder]) -> None:
        self._feeders = tuple(feeders)

    def __iter__(self) -> Iterator[Feeder]:
        return iter(self._feeders)

    def fetch(self) -> None:
        """The next batch of each, not yet in the net."""
        for feeder in self._feeders:
            feeder.fetch()

    def write(self) -> None:
        """The last batches into the net."""
        for feeder in self._feeders:
            feeder.write()

    @property
    def steps(self) -> list[Step]:
        """The same as steps of a program."""
        return [feeder.step for feeder in self._feeders]

    @property
    def first(self) -> Feeder:
        """The one that counts."""
        if not self._feeders:
            raise TopologyError("the net has no data layer, so it has no epochs; count iterations instead")
        return self._feeders[0]

    def state(self) -> dict[str, Any]:
        """By data layer, the state that makes the next fetch read the batch of the last one again."""
        return {feeder.layer.name: feeder.feed.state() for feeder in self._feeders}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue where `state` was taken; data layers that it does not name are left alone."""
        for feeder in self._feeders:
            if feeder.layer.name in state:
                feeder.feed.restore(state[feeder.layer.name])

    def close(self) -> None:
        """Stop the data threads."""
        for feeder in self._feeders:
            feeder.feed.close()
