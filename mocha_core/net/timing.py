"""How long each layer takes, forward and backward."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..backend import Step
from .wiring import NamedStep

if TYPE_CHECKING:
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
    trains = net.phase == "train"
    net.run_forward()
    if trains:
        net.backward()
    whole = [(_seconds(net, net._run_forward), _seconds(net, net._run_backward)) for _ in range(iterations)]
    forward = _by_layer(net, net._wiring.forward, iterations)
    backward = _by_layer(net, net._wiring.backward, iterations) if trains else {}
    names = [layer.name for layer in net.layers if layer.name in forward or layer.name in backward]
    layers = tuple(LayerTime(name, forward.get(name, 0.0), backward.get(name, 0.0)) for name in names)
    return NetTime(layers, statistics.median(f for f, _ in whole), statistics.median(b for _, b in whole))


def _by_layer(net: Net, steps: Sequence[NamedStep], iterations: int) -> dict[str, float]:
    """Each layer's steps, in running order, so that every step finds its inputs fresh."""
    totals: dict[str, list[float]] = {}
    for _ in range(iterations):
        sums: dict[str, float] = {}
        for step in steps:
            sums[step.layer] = sums.get(step.layer, 0.0) + _seconds(net, step)
        for name, seconds in sums.items():
            totals.setdefault(name, []).append(seconds)
    return {name: statistics.median(seconds) for name, seconds in totals.items()}


def _seconds(net: Net, call: Step) -> float:
    net.backend.sync()
    start = time.perf_counter()
    call()
    net.backend.sync()
    return time.perf_counter() - start
