"""The training step as one program: backward, update and the next forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..backend import Step
from .method import Fields
from .updater import Updater

if TYPE_CHECKING:
    from ..net import Net

MOST_PROGRAMS = 8
"""Programs differ by the constraints that are due; more kinds than these are compiled again and again."""


class JointStep:
    """Hands the backend a whole training step, so that it need not come back to the host in its middle.

    It does what a backward, an update and a forward do one after the other, with the same results. The next batch is
    read before the update, so an error in the data leaves the training as it was.
    """

    def __init__(self, net: Net, updater: Updater) -> None:
        self.net, self.updater = net, updater
        self._fields: Fields = {}
        self._programs: dict[tuple[str, ...], Step] = {}
        self._binding = -1

    def run(self, iteration: int, fields: Fields) -> None:
        """Update number `iteration`, from the gradients of the last forward, and the forward after it."""
        self.updater.follow()
        program = self._program(iteration)
        self.net._joining.fetch()
        self._fields = fields
        self.updater.count()
        program()
        self.net._program.note_step()
        self.updater.tell_written()
        self.net._collectors.take()

    def _program(self, iteration: int) -> Step:
        """That with the constraints which are due; all are compiled anew when the updater was bound anew."""
        due = self.updater.due(iteration)
        if self.updater.binding != self._binding or len(self._programs) >= MOST_PROGRAMS:
            self._programs, self._binding = {}, self.updater.binding
        key = tuple(parameter.path for parameter in due)
        if key not in self._programs:
            update = self.updater.steps(lambda: self._fields, due)
            self._programs[key] = self.net._joining.training(update)
        return self._programs[key]
