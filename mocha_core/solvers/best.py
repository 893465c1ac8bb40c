"""What a training was like at its best: kept on the host, in snapshots, and put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..io.model_file import parameter_arrays

if TYPE_CHECKING:
    from .state import SolverState

HostArray = np.ndarray[Any, Any]

PARAMETERS, HISTORY = "parameters/", "history/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """A score, when it was reached, and with what.

    arrays: `parameters/<layer>___<param>`, and of the method `history/<slot>/<layer>___<param>`.
    updates: how many updates each parameter had.
    """

    score: float
    iteration: int
    updates: Mapping[str, int]
    arrays: Mapping[str, HostArray]

    @classmethod
    def of(cls, state: SolverState, score: float) -> Self:
        """The training as it stands."""
        arrays = {PARAMETERS + path: values for path, values in parameter_arrays(state.net).items()}
        arrays.update({HISTORY + name: values for name, values in state.updater.arrays().items()})
        return cls(score=score, iteration=state.iter, updates=dict(state.updater.updates), arrays=arrays)

    def put_back(self, state: SolverState) -> None:
        """Give net and method what they had then; iterations, data and random numbers go on."""
        for parameter in state.net.all_parameters:
            parameter.load(self.arrays[PARAMETERS + parameter.path].reshape(parameter.blob.shape))
        history = {name.removeprefix(HISTORY): values for name, values in self.arrays.items()}
        state.updater.restore(history, self.updates)

    def state(self) -> dict[str, Any]:
        """For a coffee break's `state`: numbers, and arrays by name."""
        return {"score": self.score, "iteration": self.iteration, "updates": dict(self.updates), **self.arrays}

    @classmethod
    def restored(cls, told: Mapping[str, Any]) -> Self:
        """Take back `state`."""
        arrays = {name: told[name] for name in told if name.startswith((PARAMETERS, HISTORY))}
        return cls(score=told["score"], iteration=told["iteration"], updates=told["updates"], arrays=arrays)
