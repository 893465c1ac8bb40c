"""Caffe's lines on how training goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocha_core.coffee import Coffee
from mocha_core.coffee.triggers import whole_number
from mocha_core.log import logger

from .testing import scored

if TYPE_CHECKING:
    from mocha_core.coffee import CoffeeLounge
    from mocha_core.net import Net
    from mocha_core.solvers import SolverState


class CaffeDisplay(Coffee):
    """Logs the loss, each of the net's losses, and the learning rate, in lines that Caffe's log readers understand.

    To be taken every iteration; it speaks every `display` of them. In the lounge it records obj_val, which is this
    iteration's own, and learning_rate.

    average_loss: the loss shown is the mean of so many iterations.

    >>> CaffeDisplay(100, average_loss=20).display
    100
    """

    def __init__(self, display: int, average_loss: int = 1) -> None:
        self.display = whole_number("display", display)
        self._losses: deque[float] = deque(maxlen=whole_number("average_loss", average_loss))
        self._seen = -1

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        if state.iter > self._seen:  # a resumed training takes the breaks of its iteration again
            self._seen = state.iter
            self._losses.append(state.obj_val)
        if state.iter % self.display == 0:
            rate = float(state.params["lr_policy"](state.iter + 1))
            self._log(state, rate)
            lounge.update_statistics("obj_val", state.obj_val)
            lounge.update_statistics("learning_rate", rate)

    def state(self) -> Mapping[str, Any]:
        return {"losses": list(self._losses), "seen": self._seen}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._losses.clear()
        self._losses.extend(state["losses"])
        self._seen = int(state["seen"])

    def _log(self, state: SolverState, rate: float) -> None:
        logger.info("Iteration %d, loss = %.6g", state.iter, sum(self._losses) / len(self._losses))
        for number, (name, value) in enumerate(state.losses.items()):
            logger.info("    Train net output #%d: %s", number, scored(state.net, name, value))
        logger.info("Iteration %d, lr = %.6g", state.iter, rate)
