"""A line on how training goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import OptionError, suggest
from ..log import logger
from .coffee_break import Coffee

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


class TrainingSummary(Coffee):
    """Logs ` TRAIN iter=000100 obj_val=0.43609169` and records every value but iter in the lounge under its name.

    names: "iter", "obj_val", "regularization" (which obj_val does not include), the method's fields ("learning_rate",
    "momentum", "last_momentum" for SGD), loss layers.

    >>> from mocha_core import TrainingSummary
    >>> TrainingSummary("iter", "obj_val", "learning_rate").names
    ('iter', 'obj_val', 'learning_rate')
    """

    def __init__(self, *names: str) -> None:
        self.names = names or ("iter", "obj_val")

    def init(self, net: Net, state: SolverState) -> None:
        """Unknown names are an `OptionError` before training begins."""
        known = state.names
        for name in self.names:
            if name not in known:
                raise OptionError(f"TrainingSummary knows no {name!r} in net {net.name!r}{suggest(name, known)}")

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        values = {name: state.value(name) for name in self.names}
        logger.info(" TRAIN %s", " ".join(f"{name}={_shown(name, value)}" for name, value in values.items()))
        for name, value in values.items():
            if name != "iter":
                lounge.update_statistics(name, value)


def _shown(name: str, value: float) -> str:
    return f"{int(value):06d}" if name == "iter" else f"{value:.8f}"
