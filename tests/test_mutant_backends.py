"""The conformance kit catches planted bugs in backends and in data sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from mocha_core.backend import Step
from mocha_core.blob import Array, Blob, BlobSpec
from mocha_core.data.source import Source
from mocha_core.memory import Slot
from mocha_core.random import Stream
from mocha_core.testing import SOURCES, CheckFailure, ReferenceBackend, SourceFamily
from mocha_core.testing import memory as memory_checks
from mocha_core.testing.checks import sources as source_checks


class LendsItsMemory(ReferenceBackend):
    def to_host(self, source: Array) -> np.ndarray[Any, Any]:
        return np.asarray(source)


class ZeroesHalf(ReferenceBackend):
    def zero(self, target: Array) -> None:
        target[...] = 0.5 * target


class AssignsInsteadOfAdding(ReferenceBackend):
    def add(self, target: Array, source: Array) -> None:
        target[...] = source


class AlwaysTheSameDraw(ReferenceBackend):
    def draw(self, stream: Stream, blob: Blob) -> None:
        self.write(blob.array, Stream(stream.seed, stream.layer, stream.purpose).uniform(blob.shape, blob.dtype))


class OverlappingArena(ReferenceBackend):
    """Every slot at the start of one piece of memory."""

    def allocate(self, slots: Sequence[Slot]) -> list[Array]:
        arena = self.empty(BlobSpec((sum(slot.spec.size for slot in slots),), slots[0].spec.dtype))
        return [arena[: slot.spec.size].reshape(slot.spec.shape) for slot in slots]


class RunsBackwards(ReferenceBackend):
    def compile(self, steps: Sequence[Step]) -> Step:
        return ReferenceBackend.compile(self, list(reversed(steps)))


class WrongScalar(ReferenceBackend):
    def scalar(self, source: Array) -> float:
        return round(ReferenceBackend.scalar(self, source), 1)


BACKENDS = (
    (LendsItsMemory, memory_checks.what_is_written_is_read),
    (ZeroesHalf, memory_checks.what_is_filled_is_read),
    (AssignsInsteadOfAdding, memory_checks.arrays_are_copied_and_added),
    (AlwaysTheSameDraw, memory_checks.draws_are_the_streams),
    (OverlappingArena, memory_checks.arrays_alive_together_lie_apart),
    (RunsBackwards, memory_checks.steps_run_in_order),
    (WrongScalar, memory_checks.scalars_are_read),
)


@pytest.mark.parametrize(("backend", "check"), BACKENDS)
def test_a_wrong_backend_is_caught(backend: type[ReferenceBackend], check: memory_checks.MemoryCheck) -> None:
    with pytest.raises(CheckFailure):
        check(backend(), "float64")
    check(ReferenceBackend(), "float64")


def test_every_memory_check_catches_something() -> None:
    assert {check for _, check in BACKENDS} == set(memory_checks.MEMORY_CHECKS)


class Tampering(Source):
    """A source that passes everything on to another."""

    def __init__(self, inner: Source) -> None:
        self.inner, self.shapes = inner, inner.shapes

    @property
    def epoch(self) -> int:  # type: ignore[override]
        return self.inner.epoch

    def fill(self, out: tuple[Any, ...]) -> None:
        self.inner.fill(out)
        self.within = self.inner.within

    def state(self) -> dict[str, Any]:
        return self.inner.state()

    def restore(self, state: dict[str, Any]) -> None:
        self.inner.restore(state)


class EpochTooLate(Tampering):
    late: ClassVar[int] = 1

    @property
    def epoch(self) -> int:  # type: ignore[override]
        return max(0, self.inner.epoch - self.late)


class ForgetsItsPosition(Tampering):
    def restore(self, state: dict[str, Any]) -> None:
        pass


class MixesLabels(Tampering):
    def fill(self, out: tuple[Any, ...]) -> None:
        self.inner.fill(out)
        out[1][...] = out[1][::-1].copy()


class SwapsSamples(Tampering):
    def fill(self, out: tuple[Any, ...]) -> None:
        self.inner.fill(out)
        out[0][0] = 0.0


SOURCE_BUGS = (
    (EpochTooLate, source_checks.batches_go_round),
    (ForgetsItsPosition, source_checks.a_position_is_found_again),
    (MixesLabels, source_checks.shuffled_data_is_complete),
    (SwapsSamples, source_checks.batches_reach_the_backend),
)


@pytest.mark.parametrize(("bug", "check"), SOURCE_BUGS)
def test_a_wrong_source_is_caught(bug: type[Tampering], check: Any, tmp_path: Path) -> None:
    with pytest.raises(CheckFailure):
        check(_family(bug), tmp_path, ReferenceBackend())
    check(_family(Tampering), tmp_path, ReferenceBackend())


class _Opener:
    """A data layer whose source is tampered with."""

    def __init__(self, layer: Any, bug: type[Tampering]) -> None:
        self.layer, self.bug = layer, bug

    def plan(self, bottoms: tuple[()]) -> Any:
        return self.layer.plan(bottoms)

    def open_source(self, seed: int) -> Source:
        return self.bug(self.layer.open_source(seed))


def _family(bug: type[Tampering]) -> SourceFamily:
    right = SOURCES[0]
    return replace(right, make=lambda folder, shuffle: _Opener(right.make(folder, shuffle), bug))
