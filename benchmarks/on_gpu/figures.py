"""What a training step must do at least, and what the device can do: from these the shares."""

from __future__ import annotations

import time
from dataclasses import dataclass

import mocha_core as mocha
from mocha_core.net.roofline import Work, backward_work, forward_work
from mocha_cuda import CudaBackend

from .setting import Setting


@dataclass(frozen=True)
class Power:
    """Measured: FLOP a second of a large product, bytes a second (read and written) of a large copy."""

    flops: float
    bandwidth: float


def power(setting: Setting) -> Power:
    """With the arithmetic of the setting, on a backend of its own, whose memory is given back."""
    with setting.open() as backend:
        able = _power(backend, *((64, 1 << 12) if setting.dry else (8192, 1 << 28)))
        setting.give_back(backend)
        return able


def step_work(net: mocha.Net, history: int = 1) -> Work:
    """Forward, backward, and an update whose method keeps `history` arrays of each parameter."""
    works = [Work(0, 4 * (3 + 2 * history) * sum(t.parameter.blob.spec.size for t in net.trainable))]
    for index, state in net._program.wiring.states.items():
        works.append(forward_work(state.site))
        if state.site.has_backward:
            works.append(backward_work(state.site, net._built.choices[index].accept.saves))
    return Work(sum(work.flops for work in works), sum(work.nbytes for work in works))


def _power(backend: CudaBackend, side: int, length: int) -> Power:
    """From products of square matrices, and copies of so many numbers."""
    device = backend.device
    a, b, c = (device.empty((side, side), "float32") for _ in range(3))
    x, y = (device.empty((length,), "float32") for _ in range(2))
    for each in (a, b, c, x, y):
        device.fill_zero(each)
    product = _best(backend, lambda: device.matmul(a, b, c, math=backend.math))
    copy = _best(backend, lambda: device.copy(y, x))
    return Power(2 * side**3 / product, 8 * length / copy)


def _best(backend: CudaBackend, call: object, repeats: int = 5, times: int = 4) -> float:
    """Seconds of one call, of the quickest of some bunches."""
    found = []
    for _ in range(repeats):
        backend.sync()
        began = time.perf_counter()
        for _ in range(times):
            call()  # type: ignore[operator]
        backend.sync()
        found.append((time.perf_counter() - began) / times)
    return min(found)
