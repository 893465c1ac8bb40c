"""A net without layers: half a sum of squares, disturbed by data and by draws, with everything a solver asks for."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from mocha_core import BlobSpec, ConstantInitializer, ModelNotes, NoCons, NoRegu, Parameter, ParamSpec
from mocha_core.blob import Blob
from mocha_core.constraints import Constraint
from mocha_core.random import Stream
from mocha_core.regularizers import Regularizer
from mocha_core.testing.backends import ReferenceBackend

BATCHES = 4


@dataclass
class FakeTrainable:
    parameter: Parameter
    diff: Blob


class FakeNet:
    """Objective sum (w - d)^2 / 2 over all parameters, d = data + noise; without both, the gradient is w.

    Also keeps a "mean" that is not trained: forward adds the batch's number to it.
    """

    def __init__(
        self,
        backend: Any = None,
        *,
        start: float = 1.0,
        shapes: dict[str, tuple[int, ...]] | None = None,
        data: float = 0.0,
        noise: float = 0.0,
        dtype: str = "float64",
        rate: float = 1.0,
        rates: dict[str, float] | None = None,
        regularizer: Regularizer = NoRegu(),  # noqa: B008 (specs are values)
        constraint: Constraint = NoCons(),  # noqa: B008
    ) -> None:
        self.name, self.dtype = "fake", dtype
        self.backend = backend or ReferenceBackend(seed=3)
        self.data, self.noise = data, noise
        self.revision, self.frozen = 0, set[str]()
        made = {"ip___weight": (1,)} if shapes is None else shapes
        self.parameters = [
            self._parameter(path, shape, start, regularizer, constraint, (rates or {}).get(path, rate), True)
            for path, shape in made.items()
        ]
        self.mean = self._parameter("norm___mean", (1,), 0.0, NoRegu(), NoCons(), 1.0, False)
        self.diffs = {p.path: self._blob(p.blob.shape, "diff") for p in self.parameters}
        self.stream = Stream(self.backend.seed, "fake", "noise")
        self.calls_before, self.position, self.before, self.batch = 0, 0, 0, 0
        self.bad: str | None = None
        self._program = SimpleNamespace(outdated=False)
        self.notes = ModelNotes()

    def _blob(self, shape: tuple[int, ...], name: str) -> Blob:
        spec = BlobSpec(shape, self.dtype)
        return Blob(self.backend, spec, self.backend.empty(spec), name)

    def _parameter(self, path, shape, start, regularizer, constraint, rate, trained) -> Parameter:
        key, _, name = path.partition("___")
        spec = ParamSpec(name, shape, ConstantInitializer(start), regularizer, constraint, rate, trained=trained)
        return Parameter(key, spec, self._blob(shape, f"{key}.{name}"))

    @property
    def all_parameters(self):
        return (*self.parameters, self.mean)

    @property
    def trainable(self):
        return tuple(FakeTrainable(p, self.diffs[p.path]) for p in self.parameters if p.key not in self.frozen)

    @property
    def weight(self) -> float:
        return float(self.parameters[0].blob.to_array().reshape(-1)[0])

    def values(self) -> dict[str, np.ndarray]:
        return {p.path: p.blob.to_array() for p in self.all_parameters}

    def init(self) -> None:
        for parameter in self.all_parameters:
            parameter.initialise(self.backend.seed)

    def forward(self) -> float:
        self.before, self.calls_before = self.position, self.stream.calls
        self.batch = self.position % BATCHES
        self.position += 1
        noise = self.noise * float(self.stream.normal((1,))[0])
        self.target = self.data * self.batch + noise
        self.mean.blob.set(self.mean.blob.to_array() + self.batch)
        self.objective_now = float(sum(((p.blob.to_array() - self.target) ** 2).sum() / 2 for p in self.parameters))
        return self.objective_now

    def forward_unreported(self) -> float:
        return self.forward()

    def backward(self) -> None:
        for parameter in self.parameters:
            if parameter.key not in self.frozen:
                self.diffs[parameter.path].set(parameter.blob.to_array() - self.target)

    def losses(self) -> dict[str, float]:
        return {"loss": self.objective_now}

    @property
    def epoch(self) -> int:
        return self.position // BATCHES

    def data_state(self) -> dict[str, Any]:
        return {"data": {"position": self.before}}

    def restore_data(self, state) -> None:
        self.position = state["data"]["position"]

    def random_state(self) -> dict[str, int]:
        return {"fake/noise": self.calls_before}

    def restore_random(self, state) -> None:
        self.stream.calls = state["fake/noise"]

    def check_bp_topology(self) -> None:
        pass

    def find_bad_blob(self) -> str | None:
        return self.bad

    def freeze(self, *names: str) -> None:
        self.frozen |= set(names)
        self.revision += 1

    def unfreeze(self, *names: str) -> None:
        self.frozen -= set(names)
        self.revision += 1


def trained(values: dict[str, np.ndarray]) -> dict[str, bytes]:
    """Parameters as bytes, for comparisons bit by bit."""
    return {path: array.tobytes() for path, array in values.items()}
