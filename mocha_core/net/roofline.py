"""How near each layer is to what the machine allows: its least arithmetic and memory traffic, and the time it takes.

Source of the model: Williams, Waterman and Patterson, "Roofline", 2009.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..blob import BlobSpec
from ..kernel import Site
from .machine import Machine
from .timing import time_net, time_update

if TYPE_CHECKING:
    from ..solvers import Solver
    from .net import Net


@dataclass(frozen=True, slots=True)
class Work:
    """What must be done at least: floating-point operations, and bytes between processor and memory."""

    flops: int
    nbytes: int

    def floor(self, machine: Machine) -> float:
        """Seconds below which nothing goes: the larger of flops / peak and bytes / bandwidth."""
        return max(self.flops / machine.peak, self.nbytes / machine.bandwidth(self.nbytes))


@dataclass(frozen=True, slots=True)
class Row:
    """One layer in one direction: what it must do, the median seconds that it took, and those that it had to take."""

    name: str
    direction: str
    work: Work
    seconds: float
    floor: float

    @property
    def share(self) -> float:
        """The floor as a part of the time: 1 is as fast as the machine allows."""
        return self.floor / self.seconds if self.seconds else 0.0


def forward_work(site: Site) -> Work:
    """Bottoms and parameters are read once, tops are written once; a top that is a view of its bottom costs nothing."""
    plan = site.plan
    seen = {bottom for _, bottom in plan.views}
    read = [b for k, b in enumerate(site.bottoms) if k not in seen]
    nbytes = _bytes(read) + _bytes(_moved_tops(site)) + _param_bytes(site)
    return Work(site.layer.flops(site.bottoms), nbytes)


def backward_work(site: Site, saves: frozenset[str] | None = None) -> Work:
    """Gradients by tops and what `saves` (else the plan) names are read; gradients of bottoms and parameters written.

    Parameters are read where a bottom wants its gradient.
    """
    plan, wants = site.plan, any(site.wants)
    xs = [b for k, b in enumerate(site.bottoms) if plan.reads_again("x", k, saves)]
    ys = [t for k, t in enumerate(plan.tops) if plan.reads_again("y", k, saves)]
    views = {bottom for _, bottom in plan.views}
    dxs = [b for k, b in enumerate(site.bottoms) if k not in views and k < len(site.wants) and site.wants[k]]
    nbytes = _bytes(xs) + _bytes(ys) + _bytes(_moved_tops(site)) + _bytes(dxs)
    nbytes += _param_bytes(site) * wants + _param_bytes(site, only_trained=True) * site.trains
    return Work(site.layer.flops(site.bottoms) * (wants + site.trains), nbytes)


def measure_rows(net: Net, machine: Machine, iterations: int) -> list[Row]:
    """Every layer that computes, forward and backward, then both passes as a whole, as they run in training."""
    times = time_net(net, iterations)
    seconds = {row.layer: row for row in times.layers}
    rows = []
    for index, state in net._program.wiring.states.items():
        site, time = state.site, seconds[state.site.layer.name]
        rows.append(_row(time.layer, "forward", forward_work(site), time.forward, machine))
        if site.has_backward:
            work = backward_work(site, net._built.choices[index].accept.saves)
            rows.append(_row(time.layer, "backward", work, time.backward, machine))
    wholes = {"forward": times.forward, "backward": times.backward}
    return rows + [_whole(rows, direction, taken) for direction, taken in wholes.items()]


def measure_update(solver: Solver, net: Net, machine: Machine, iterations: int) -> Row:
    """The solver's update: parameter, gradient and history are read once, parameter and history written once."""
    arrays = 3 + 2 * len(solver.method.slots)
    work = Work(0, arrays * _bytes(t.parameter.blob.spec for t in net.trainable))
    return _row(type(solver.method).__name__, "update", work, time_update(solver, net, iterations), machine)


def _row(name: str, direction: str, work: Work, seconds: float, machine: Machine) -> Row:
    return Row(name, direction, work, seconds, work.floor(machine))


def _whole(rows: Sequence[Row], direction: str, seconds: float) -> Row:
    """The layers one after the other."""
    mine = [row for row in rows if row.direction == direction]
    work = Work(sum(row.work.flops for row in mine), sum(row.work.nbytes for row in mine))
    return Row("whole pass", direction, work, seconds, sum(row.floor for row in mine))


def _moved_tops(site: Site) -> list[BlobSpec]:
    views = {top for top, _ in site.plan.views}
    return [t for k, t in enumerate(site.plan.tops) if k not in views]


def _param_bytes(site: Site, only_trained: bool = False) -> int:
    shapes = (p.shape for p in site.plan.params if p.trained or not only_trained)
    return _bytes(BlobSpec(shape, site.dtype) for shape in shapes)


def _bytes(blobs: Iterable[BlobSpec]) -> int:
    return sum(blob.nbytes for blob in blobs)
