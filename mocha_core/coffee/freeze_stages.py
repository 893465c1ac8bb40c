"""Freezing and unfreezing layers while training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import OptionError
from ..log import logger
from .coffee_break import Coffee
from .triggers import whole_number

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge

Stage = tuple[int, Sequence[str]]


class FreezeStages(Coffee):
    """Trains in stages, each with other layers frozen: layer-wise pre-training, or a net that thaws from the top down.

    stages: `(updates, layers)`: for so many updates these layers are frozen and all others learn. The last stage lasts
    for ever, whatever its length says. Add it with `every_n_iter=1`; a stage begins at the first break taken in it.
    Layers frozen by other means are thawed. `net.freeze` says what stays: parameters, and running averages. What is
    frozen depends on the iteration only, so a resumed training is in the right stage.

    >>> from mocha_core import FreezeStages
    >>> thaw = FreezeStages((1000, ["conv1", "conv2"]), (1000, ["conv1"]), (1, []))
    >>> thaw.frozen(update=1), thaw.frozen(update=1001), thaw.frozen(update=9999)
    (('conv1', 'conv2'), ('conv1',), ())
    """

    def __init__(self, *stages: Stage) -> None:
        if not stages:
            raise OptionError('FreezeStages needs stages: FreezeStages((1000, ["conv1"]), (1, []))')
        self.stages = tuple(_checked(stage) for stage in stages)
        self._now: tuple[str, ...] | None = None

    def frozen(self, update: int) -> tuple[str, ...]:
        """The layers that are frozen during update number `update`, from 1."""
        end = 0
        for length, layers in self.stages[:-1]:
            end += length
            if update <= end:
                return layers
        return self.stages[-1][1]

    def prepare(self, net: Net, state: SolverState) -> None:
        """Names that the net does not know are an `OptionError` before training begins."""
        net.freeze(*{name for _, layers in self.stages for name in layers})
        self._now = None
        self._apply(net, state.iter)

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self._apply(net, state.iter)

    def _apply(self, net: Net, iteration: int) -> None:
        wanted = self.frozen(iteration + 1)
        if wanted == self._now:
            return
        net.unfreeze(*(net.frozen - set(wanted)))
        net.freeze(*wanted)
        self._now = wanted
        logger.info("From update %d on, frozen are: %s", iteration + 1, ", ".join(wanted) or "none")


def _checked(stage: Stage) -> tuple[int, tuple[str, ...]]:
    if not isinstance(stage, Sequence) or len(stage) != 2 or isinstance(stage[1], str):
        raise OptionError(f'FreezeStages: a stage is (updates, layers) such as (1000, ["conv1"]), not {stage!r}')
    return whole_number("FreezeStages: the length of a stage", stage[0]), tuple(stage[1])
