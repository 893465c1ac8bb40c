"""Mocha's side of a contest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nets
import numpy as np

import mocha_core as mocha

Step = Callable[[], object]
Array = np.ndarray[Any, Any]

SOLVER = {"regu_coef": 0.0005, "lr_policy": mocha.LRPolicy.Fixed(1e-4), "mom_policy": mocha.MomPolicy.Fixed(0.9)}
"""A decay of regu_coef w^2 has the gradient 2 regu_coef w: PyTorch's weight_decay=0.001."""


class Ours:
    """One of `nets`, with parameters and one random batch of its own."""

    def __init__(self, name: str, batch: int, backend: mocha.Backend) -> None:
        self.name, self.backend = name, backend
        self.layers = getattr(nets, name)(batch)
        self.store = mocha.ParameterStore(backend)
        data = next(layer for layer in self.layers if layer.traits.source)
        self.x = np.asarray(data.data[0], np.float32)

    def parameters(self) -> list[Array]:
        """Those that are trained, as they are now, in the order of the layers."""
        with self._net(self._scores(), "test") as net:
            net.init()
            return [parameter.blob.to_array() for parameter in net.all_parameters if parameter.spec.trained]

    def training(self) -> Step:
        """Forward, backward and SGD with momentum and weight decay."""
        net = self._net(self.layers, "train")
        solver = mocha.Solver(mocha.SGD(), {"max_iter": 10**9, **SOLVER})
        state = mocha.init_solve(solver, net)
        return lambda: mocha.onestep_solve(solver, net, state)

    def no_update(self) -> Step:
        """Forward and backward alone."""
        return self._net(self.layers, "train").forward_backward

    def inference(self) -> Step:
        """From an array to an array, through `net.predict`: the class scores, before any softmax."""
        net = self._net(self._scores(), "test")
        return lambda: net.predict(self.x)

    def _scores(self) -> list[mocha.Layer]:
        return [layer for layer in self.layers if not layer.traits.loss]

    def _net(self, layers: list[mocha.Layer], phase: str) -> mocha.Net:
        return mocha.Net(f"{self.name}-{phase}", self.backend, layers, phase=phase, parameters=self.store)
