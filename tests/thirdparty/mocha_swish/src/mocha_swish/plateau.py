"""A coffee break."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from mocha_core import Coffee, OptionError

log = logging.getLogger("mocha.swish")


class Plateau(Coffee):
    """Watches for a training that no longer gets better.

    At each break the statistic `plateau` is the number of iterations since the best objective value so far; a plateau
    longer than `patience` iterations is logged once. A resumed training goes on counting.

    >>> Plateau(patience=500).state()
    {'best': None, 'since': 0}
    """

    def __init__(self, patience: int = 1000) -> None:
        if patience < 1:
            raise OptionError(f"Plateau: patience is a number of iterations above 0, not {patience}")
        self.patience = patience
        self.best: float | None = None
        self.since = 0
        self.told = False

    def enjoy(self, lounge: Any, net: Any, state: Any) -> None:
        if self.best is None or state.obj_val < self.best:
            self.best, self.since, self.told = float(state.obj_val), int(state.iter), False
        length = state.iter - self.since
        lounge.update_statistics("plateau", length)
        if length > self.patience and not self.told:
            log.warning("no progress since iteration %d (objective %.6g)", self.since, self.best)
            self.told = True

    def state(self) -> Mapping[str, Any]:
        return {"best": self.best, "since": self.since}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.best, self.since = state["best"], state["since"]
