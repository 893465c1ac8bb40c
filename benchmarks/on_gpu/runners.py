"""Contestants that train, and the time they take: steps are put on the device in bunches, and waited for at the end."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from peers.ours import SOLVER, Ours
from peers.rounds import Pace, Times, measure

import mocha_core as mocha

from .setting import Setting

BUNCH = 0.1
"""Seconds of work between two waits."""

MOST = 2000
"""Steps between two waits."""


class Runner(ABC):
    """Somebody who makes training steps of one net."""

    @abstractmethod
    def run(self, count: int) -> None:
        """So many steps, and wait for the last."""

    def peak_bytes(self) -> int:
        """The most device memory that was taken; 0 if it is not known."""
        return 0

    def close(self) -> None:  # noqa: B027 (a stand-in holds nothing)
        """Give the memory back."""


class OurRunner(Runner):
    """Mocha: every step reads its batch from the host's memory.

    first: the parameters before any training, and `first_scores` what they make of the batch in the test phase.
    """

    def __init__(self, setting: Setting, name: str, batch: int) -> None:
        self.setting, self.backend = setting, setting.open(seed=1)
        self.ours = Ours(name, batch, self.backend)
        self.first, self.first_scores = self.ours.parameters(), np.asarray(self.ours.inference()())
        setting.give_back(self.backend)
        self.net = mocha.Net(name, self.backend, self.ours.layers, parameters=self.ours.store)
        self.solver = mocha.Solver(mocha.SGD(), {"max_iter": 10**9, **SOLVER})
        self.state = mocha.init_solve(self.solver, self.net)

    def run(self, count: int) -> None:
        for _ in range(count):
            mocha.onestep_solve(self.solver, self.net, self.state)
        self.backend.sync()

    def peak_bytes(self) -> int:
        return self.setting.peak_bytes(self.backend)

    def close(self) -> None:
        mocha.finalize_solve(self.solver, self.net, self.state)
        self.net.close()
        self.backend.close()


def seconds_per_step(runners: Mapping[str, Runner], pace: Pace) -> Times:
    """In turns; for each runner and round the median seconds of a step."""
    bunches = {name: _bunch(runner) for name, runner in runners.items()}
    turns = {name: (lambda r=runner, n=bunches[name]: r.run(n)) for name, runner in runners.items()}
    return {name: [each / bunches[name] for each in times] for name, times in measure(turns, pace).items()}


def _bunch(runner: Runner) -> int:
    """Steps that fill `BUNCH`, after some that are not counted: kernels are compiled, graphs recorded."""
    runner.run(4)
    began = time.perf_counter()
    runner.run(4)
    each = (time.perf_counter() - began) / 4
    return max(1, min(MOST, round(BUNCH / each)))
