"""Numbers that differ from run to run (rates, counters), on the device before the run that reads them."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from mocha_core.blob import Array

from .device.device import Device, Event, Host

WORD = 8
"""Bytes: every group of numbers begins at a multiple of it."""

PANEL = 4096
"""Words of one panel, if nobody asks for more at once."""

RING = 8
"""So many uploads of a panel may be on their way."""


class Numbers:
    """A group of numbers of one type: `array` on the device has, after `Scalars.send`, what `set` was told last."""

    def __init__(self, panel: Panel, start: int, count: int, dtype: str) -> None:
        self._panel, self._start = panel, start
        self._stop = start + words(count, dtype)
        nbytes = count * np.dtype(dtype).itemsize
        self.array: Array = _view(panel.array, start, nbytes, dtype)
        self._host: Host = _view(panel.host, start, nbytes, dtype)
        weakref.finalize(self, panel.give_back, start, self._stop).atexit = False

    def set(self, *values: float) -> None:
        """Note the group's values, all of them."""
        self._host[:] = values
        self._panel.note(self._start, self._stop)

    def fill(self, values: Iterable[float] | Host) -> None:
        """The same, from one sequence."""
        self._host[:] = values
        self._panel.note(self._start, self._stop)


class Panel:
    """Memory of many groups on the device, its image on the host, and pinned images on their way."""

    def __init__(self, device: Device, size: int) -> None:
        self.device, self.size = device, size
        self.array: Array = device.empty((size,), "int64")
        self.host = np.zeros(size, np.int64)
        self._ring = [(device.pinned((size,), "int64"), device.event()) for _ in range(RING)]
        self._turn = 0
        self._free = [(0, size)]
        self._low, self._high = size, 0
        device.upload(self.array, self.host)

    def find(self, count: int) -> int | None:
        """Take `count` words; None if there is no room."""
        for index, (start, stop) in enumerate(self._free):
            if stop - start >= count:
                self._free[index : index + 1] = [(start + count, stop)] if stop - start > count else []
                return start
        return None

    def give_back(self, start: int, stop: int) -> None:
        """What nobody uses any more may be taken again."""
        joined: list[tuple[int, int]] = []
        for first, last in sorted([*self._free, (start, stop)]):
            if joined and joined[-1][1] == first:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        self._free = joined

    def note(self, start: int, stop: int) -> None:
        """These words differ from the device's."""
        self._low, self._high = min(self._low, start), max(self._high, stop)

    def send(self) -> None:
        """Let the device have all that was noted, behind what it was asked to do before."""
        if self._low >= self._high:
            return
        part = slice(self._low, self._high)
        pinned, sent = self._next()
        sent.finish()
        pinned[part] = self.host[part]
        self.device.upload_later(self.array[part], pinned[part])
        sent.record()
        self._low, self._high = self.size, 0

    def _next(self) -> tuple[Host, Event]:
        self._turn = (self._turn + 1) % RING
        return self._ring[self._turn]


class Scalars:
    """All numbers of a backend's programs. Steps `take` theirs when they are made, `set` them in `prepare`, and who
    runs a program calls `send` between the last `prepare` and the first call: one small upload.

    >>> from mocha_cuda.simulation import SimulatedDevice
    >>> scalars = Scalars(SimulatedDevice())
    >>> rate = scalars.take(1, "float32")
    >>> rate.set(0.5)
    >>> scalars.send()
    >>> rate.array
    array([0.5], dtype=float32)
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self._panels: list[Panel] = []

    def take(self, count: int, dtype: str) -> Numbers:
        """A group of `count` numbers of type "float32", "float64" or "int64"; not defined before the first `set`."""
        wanted = words(count, dtype)
        for panel in self._panels:
            start = panel.find(wanted)
            if start is not None:
                return Numbers(panel, start, count, dtype)
        self._panels.append(Panel(self.device, max(PANEL, wanted)))
        return self.take(count, dtype)

    def send(self) -> None:
        """Let the device have what was set since the last time."""
        for panel in self._panels:
            panel.send()


def words(count: int, dtype: str) -> int:
    """How many words so many numbers take."""
    return -(-count * np.dtype(dtype).itemsize // WORD)


def _view(memory: Any, start: int, nbytes: int, dtype: str) -> Any:
    stop = start + -(-nbytes // WORD)
    count = nbytes // np.dtype(dtype).itemsize
    return memory[start:stop].view(dtype)[:count]
