"""The updates of all solver methods: one launch, and one pass over memory, for all parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mocha_core.backend import Step
from mocha_core.blob import Array
from mocha_core.kernel import Binding
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from mocha_core.solvers.method import Fields, Place, UpdateState
from mocha_core.solvers.rules import RULES, RuleUpdate, decay_of
from mocha_core.steps import TwoPhase

from ..addresses import address
from ..recordable import Recordable

KINDS: dict[type[Regularizer], int] = {NoRegu: 0, L2Regu: 1, L1Regu: 2}
"""`Regularizer` of update.cu."""

CHUNK, THREADS, COMMON = 2048, 256, 8
"""Elements of a parameter that one block updates; its threads; numbers that all parameters share."""

ROW = np.dtype(
    [(name, "<u8") for name in ("weight", "diff", "first", "second")]
    + [("count", "<i8"), ("place", "<i4"), ("regularizer", "<i4"), ("decay", "<f4"), ("unused", "<i4")]
)
"""`Chunk` of update.cu."""


class CudaUpdate(RuleUpdate, Recordable):
    """The formula is the entry point of the rule's name in update.cu."""

    def __init__(self, backend: Any, state: UpdateState) -> None:
        super().__init__(backend, state)
        self.scalars = backend.scalars
        rows = np.array([row for number in range(len(self.places)) for row in _rows(state, number)], ROW)
        self.blocks = len(rows)
        self.table = backend.device.empty((rows.nbytes // 8,), "int64")
        backend.device.upload(self.table, rows.view(np.int64))
        self.numbers = backend.scalars.take(COMMON + 2 * len(self.places), "float32")
        self.launch = backend.device.function("update", self.rule.name)

    def run(self, fields: Fields) -> None:
        self.note(fields)
        self.scalars.send()
        self()

    def as_step(self, fields: Callable[[], Fields]) -> Step:
        return UpdateStep(self, fields)

    def note(self, fields: Fields) -> None:
        """Let the next launch work with these fields."""
        common = self.rule.numbers(fields)
        pairs = zip(self.factors(fields), self.rates(fields), strict=True)
        padding = (0.0,) * (COMMON - len(common))
        self.numbers.fill([*common, *padding, *(number for pair in pairs for number in pair)])

    def __call__(self) -> None:
        self.launch(self.blocks, THREADS, self.table, self.numbers.array)


class UpdateStep(TwoPhase, Recordable):
    """An update kernel as a step of a program."""

    def __init__(self, kernel: CudaUpdate, fields: Callable[[], Fields]) -> None:
        self.kernel, self.fields = kernel, fields

    def prepare(self) -> None:
        self.kernel.note(self.fields())

    def __call__(self) -> None:
        self.kernel()


UPDATES = tuple(Binding(method, CudaUpdate) for method in RULES)


def _rows(state: UpdateState, number: int) -> Iterator[tuple[Any, ...]]:
    """The chunks of a place."""
    place = state.places[number]
    kind, decay = KINDS[type(place.site.param.regularizer)], decay_of(place, state.regu_coef)
    size = place.weight.spec.size
    for start in range(0, size, CHUNK):
        arrays = [0 if array is None else address(array) + 4 * start for array in _arrays(place, state.method.slots)]
        yield (*arrays, min(CHUNK, size - start), number, kind, decay, 0)


def _arrays(place: Place, slots: Sequence[str]) -> list[Array | None]:
    """Weight, gradient, and one or two arrays of history."""
    history = [place.history[slot].array for slot in slots]
    return [place.weight.array, place.diff.array, *history, *[None] * (2 - len(history))]
