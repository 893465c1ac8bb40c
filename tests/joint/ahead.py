"""A backend that joins steps, without a device: all of a program is prepared before any of it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mocha_core import SGD, Binding, Blob
from mocha_core.backend import Step
from mocha_core.choosing import Registry
from mocha_core.random import Stream
from mocha_core.solvers.method import Fields, GenericUpdate
from mocha_core.steps import Feeding, TwoPhase
from mocha_core.testing.backends import ReferenceBackend


class AheadBackend(ReferenceBackend):
    """Counts what it was asked to compile, and how often the host looked at a number."""

    joins_steps = True

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.registry = Registry(tiers=((Binding(SGD, AheadSgd),),))
        self.compiled = self.looks = 0

    def compile(self, steps: Sequence[Step]) -> Step:
        frozen = tuple(steps)
        self.compiled += 1

        def run() -> None:
            for step in frozen:
                if isinstance(step, TwoPhase):
                    step.prepare()
            with np.errstate(all="ignore"):
                for step in frozen:
                    step()

        return run

    def drawing(self, stream: Stream, blob: Blob) -> Step:
        return AheadDraw(stream, blob)

    def feeding(self, blobs: Sequence[Blob], batch: Callable[[], Sequence[np.ndarray]]) -> Feeding:
        return AheadFeeding(self, blobs, batch)

    def scalar(self, source: Any) -> float:
        self.looks += 1
        return super().scalar(source)


class AheadDraw(TwoPhase):
    """Notes where the stream stands, as a kernel on a device would be told."""

    def __init__(self, stream: Stream, blob: Blob) -> None:
        self.stream, self.blob = stream, blob
        self.call = -1

    def prepare(self) -> None:
        self.call = self.stream.calls
        self.stream.calls += 1

    def __call__(self) -> None:
        stream = self.stream
        Stream(stream.seed, stream.layer, stream.purpose, self.call).fill_uniform(self.blob.array)


class AheadFeeding(Feeding):
    """Two halves of memory take turns; a batch lies in one before the blobs may be overwritten."""

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.halves = [[np.empty(blob.shape, blob.dtype) for blob in self.blobs] for _ in range(2)]
        self.released, self.turn = True, 0

    def release(self) -> None:
        self.released = True

    def prepare(self) -> None:
        assert self.released, "a batch was sent twice, or read before the one before was given free"
        self.released, self.turn = False, 1 - self.turn
        for half, host in zip(self.halves[self.turn], self.batch(), strict=True):
            half[...] = host

    def __call__(self) -> None:
        for blob, half in zip(self.blobs, self.halves[self.turn], strict=True):
            blob.array[...] = half
            half[...] = np.nan


class AheadSgd(GenericUpdate):
    """The formulas as they are, with numbers noted ahead."""

    def as_step(self, fields: Callable[[], Fields]) -> Step:
        return _Noted(self, fields)


class _Noted(TwoPhase):
    def __init__(self, kernel: AheadSgd, fields: Callable[[], Fields]) -> None:
        self.kernel, self.source = kernel, fields
        self.fields: Fields = {}

    def prepare(self) -> None:
        self.fields = dict(self.source())

    def __call__(self) -> None:
        self.kernel.run(self.fields)
