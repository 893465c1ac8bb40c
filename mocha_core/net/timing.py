"""How long each layer takes, forward and backward."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..backend import Step
from ..steps import TwoPhase
from .wiring import NamedStep

if TYPE_CHECKING:
    from ..solvers import Solver
    from .net import Net


@dataclass(frozen=True, slots=True)
class LayerTime:
    """Median seconds of one layer's steps."""

    layer: str
    forward: float
    backward: float


@dataclass(frozen=True, slots=True)
class NetTime:
    """Median seconds per layer, and of whole passes run as they run in training."""

    layers: tuple[LayerTime, ...]
    forward: float
    backward: float


def time_net(net: Net, iterations: int) -> NetTime:
    """Time `iterations` passes, the whole and each layer alone, after one pass to warm up."""
    net.run_forward()
    net._program.backward()
    whole = [(_seconds(net, net._program.forward), _seconds(net, net._program.backward)) for _ in range(iterations)]
    steps = net._program.wiring
    forwards, backwards = _alone(net, steps.forward), _alone(net, steps.backward)
    passes = [(_by_layer(net, forwards), _by_layer(net, backwards)) for _ in range(iterations)]
    forward, backward = _medians([f for f, _ in passes]), _medians([b for _, b in passes])
    names = [layer.name for layer in net.layers if layer.name in forward or layer.name in backward]
    layers = tuple(LayerTime(name, forward.get(name, 0.0), backward.get(name, 0.0)) for name in names)
    return NetTime(layers, statistics.median(f for f, _ in whole), statistics.median(b for _, b in whole))


def time_update(solver: Solver, net: Net, iterations: int) -> float:
    """Median seconds of an update from the gradients of the last backward, with a learning rate of zero."""
    from ..solvers.state import SolverState

    state = SolverState.new(solver.method, solver.params, net)
    fields = {**solver.method.advance(solver.params, 1, state.fields), "learning_rate": 0.0}
    state.updater.run(1, fields)
    return statistics.median(_seconds(net, lambda: state.updater.run(1, fields)) for _ in range(iterations))


def _alone(net: Net, steps: Sequence[NamedStep]) -> list[NamedStep]:
    """Steps that can be called one by one: those of two phases as programs of their own."""
    return [NamedStep(s.layer, net.backend.compile([s.call])) if isinstance(s.call, TwoPhase) else s for s in steps]


def _by_layer(net: Net, steps: Sequence[NamedStep]) -> dict[str, float]:
    """Seconds of each layer in one pass; forward and backward take turns, because backward may spend what it reads."""
    sums: dict[str, float] = {}
    for step in steps:
        sums[step.layer] = sums.get(step.layer, 0.0) + _seconds(net, step)
    return sums


def _medians(passes: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(times[name] for times in passes) for name in passes[0]}


def _seconds(net: Net, call: Step) -> float:
    net.backend.sync()
    start = time.perf_counter()
    call()
    net.backend.sync()
    return time.perf_counter() - start
