"""The way of a batch through a net: as one program, where the backend joins steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..backend import Step

if TYPE_CHECKING:
    from .net import Net
    from .wiring import Wiring


class Joining:
    """Feeding, forward and the counting of its results; programs of them are compiled anew when layers are frozen."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self._wiring: Wiring | None = None
        self._forward: Step | None = None

    def fetch(self) -> None:
        """The next batch of all data layers, not yet in the net; parameters without values are initialised."""
        self.net.init()
        self.net._feeders.fetch()
        self.net._streams.mark()

    def forward(self) -> None:
        """The batch that was fetched through the net, and what came out to statistics and output layers."""
        if self.net.backend.joins_steps:
            self._as_one()
        else:
            self.forward_unreported()
            self.net._tallies.count()
        self.net._collectors.take()

    def forward_unreported(self) -> None:
        """The same, but for statistics and output layers."""
        self.net._feeders.write()
        self.net._program.forward()

    def _as_one(self) -> None:
        if self._forward is None or self._wiring is not self.net._program.wiring:
            self._wiring = self.net._program.wiring
            self._forward = self.net.backend.compile(self._steps())
        self._forward()
        self.net._program.note_forward()

    def training(self, update: Sequence[Step]) -> Step:
        """Backward of the batch before, then an update, then forward of the batch that was fetched."""
        backward = [step.call for step in self.net._program.wiring.backward]
        return self.net.backend.compile([*backward, *update, *self._steps()])

    def _steps(self) -> list[Step]:
        net = self.net
        forward = [step.call for step in net._program.wiring.forward]
        return [*net._feeders.steps, *forward, *net._tallies.steps]
