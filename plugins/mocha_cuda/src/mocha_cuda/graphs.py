"""Programs: runs of steps that only put work on the device are recorded as graphs, others are called between them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from mocha_core.steps import Step, TwoPhase

from .device.device import Device, Graph
from .errors import DeviceError, RecordingError
from .recordable import is_recordable
from .scalars import Scalars

Call = Callable[[], None]

log = logging.getLogger("mocha")

LEAST = 2
"""Calls that are worth a graph: launching one is not cheaper than launching a kernel."""


class Recorded:
    """Calls that become one graph.

    The first run makes them as they are, so that kernels are compiled and libraries are ready; the second records them.
    Where a library refuses to be recorded, they are made as they are for good, and the log says so.
    """

    def __init__(self, device: Device, calls: Sequence[Call]) -> None:
        self.device, self.calls = device, tuple(calls)
        self.graph: Graph | None = None
        self._next: Call = self._warm_up

    def __call__(self) -> None:
        self._next()

    def _warm_up(self) -> None:
        self._plainly()
        self._next = self._record

    def _record(self) -> None:
        try:
            self.graph = self.device.capture(self._plainly)
        except RecordingError:
            raise
        except DeviceError as error:
            said = " ".join([str(error), *getattr(error, "__notes__", ())])
            log.warning("%d steps cannot be recorded, and are launched one by one: %s", len(self.calls), said)
            self._next = self._plainly
        else:
            self._next = self.graph.launch
        self._next()

    def _plainly(self) -> None:
        for call in self.calls:
            try:
                call()
            except DeviceError as error:
                error.add_note(f"in {label(call)}")
                raise


class Plain:
    """Calls that are made each time: `by_arrays` of array functions or on the host, else only work for the device."""

    def __init__(self, device: Device, calls: Sequence[Call], by_arrays: bool) -> None:
        self.device, self.calls = device, tuple(calls)
        self.around: Callable[[], AbstractContextManager[Any]] = device.calling_xp if by_arrays else nullcontext

    def __call__(self) -> None:
        for call in self.calls:
            with self.around():
                call()


class Program:
    """One program of a net. First what the host prepares for all of its steps, then the device's part, piece by piece.

    graphs: False runs every call as it is.
    """

    def __init__(self, device: Device, scalars: Scalars, steps: Sequence[Step], graphs: bool) -> None:
        self.device, self.scalars = device, scalars
        self.prepares = tuple(step.prepare for step in steps if isinstance(step, TwoPhase))
        self.pieces = tuple(pieces(device, steps, graphs))

    def __call__(self) -> None:
        with np.errstate(all="ignore"), self.device.on(self.device.main):
            for prepare in self.prepares:
                prepare()
            self.scalars.send()
            for piece in self.pieces:
                piece()


def pieces(device: Device, steps: Iterable[Step], graphs: bool) -> list[Recorded | Plain]:
    """The steps in order, as long runs of those that can be recorded, and of those that cannot."""
    runs: list[tuple[bool, list[Call]]] = []
    for step in steps:
        able = is_recordable(step)
        if not runs or runs[-1][0] != able:
            runs.append((able, []))
        runs[-1][1].append(step)
    return [_piece(device, run, able, graphs and len(run) >= LEAST) for able, run in runs]


def _piece(device: Device, run: Sequence[Call], able: bool, worth: bool) -> Recorded | Plain:
    return Recorded(device, run) if able and worth else Plain(device, run, by_arrays=not able)


def label(call: Call) -> str:
    """What a call is of, for people.

    >>> label([].append)
    'list.append'
    """
    owner = getattr(call, "__self__", call)
    return ".".join([type(owner).__name__, *([call.__name__] if owner is not call else [])])
