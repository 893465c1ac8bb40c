"""The updates of all solver methods: one launch, and one pass over memory, for all parameters."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from mocha_core.backend import Step
from mocha_core.blob import Array
from mocha_core.kernel import Accept, Binding, Decline
from mocha_core.regularizers import L1Regu, L2Regu, NoRegu, Regularizer
from mocha_core.solvers import SGD, Adadelta, Adagrad, Adam, AdamW, Nesterov, RMSProp
from mocha_core.solvers.method import Fields, Place, UpdateKernel, UpdateSite, UpdateState
from mocha_core.solvers.moments import unbiased
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


class CudaUpdate(UpdateKernel, Recordable):
    """Takes float32 parameters with an L2 or L1 regularizer, or none. A subclass says which numbers its rule needs.

    rule: its entry point in update.cu, where the formula is.
    """

    rule: ClassVar[str]

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if type(site.param.regularizer) not in KINDS:
            return Decline(f"does not know {site.param.regularizer}")
        return Accept()

    def __init__(self, backend: Any, state: UpdateState) -> None:
        self.places, self.scalars = state.places, backend.scalars
        rows = np.array([row for number in range(len(self.places)) for row in _rows(state, number)], ROW)
        self.blocks = len(rows)
        self.table = backend.device.empty((rows.nbytes // 8,), "int64")
        backend.device.upload(self.table, rows.view(np.int64))
        self.numbers = backend.scalars.take(COMMON + 2 * len(self.places), "float32")
        self.launch = backend.device.function("update", self.rule)

    def run(self, fields: Fields) -> None:
        self.note(fields)
        self.scalars.send()
        self()

    def as_step(self, fields: Callable[[], Fields]) -> Step:
        return UpdateStep(self, fields)

    def note(self, fields: Fields) -> None:
        """Let the next launch work with these fields."""
        rates = [fields["learning_rate"] * place.site.param.rate for place in self.places]
        common = self.common(fields)
        pairs = zip(self.steps(rates, fields), rates, strict=True)
        padding = (0.0,) * (COMMON - len(common))
        self.numbers.fill([*common, *padding, *(number for pair in pairs for number in pair)])

    def __call__(self) -> None:
        self.launch(self.blocks, THREADS, self.table, self.numbers.array)

    @abstractmethod
    def common(self, fields: Fields) -> tuple[float, ...]:
        """What the rule reads at every place."""

    def steps(self, rates: Sequence[float], fields: Fields) -> Sequence[float]:
        """By place, what the gradient is multiplied by, given the places' learning rates."""
        return rates


class UpdateStep(TwoPhase, Recordable):
    """An update kernel as a step of a program."""

    def __init__(self, kernel: CudaUpdate, fields: Callable[[], Fields]) -> None:
        self.kernel, self.fields = kernel, fields

    def prepare(self) -> None:
        self.kernel.note(self.fields())

    def __call__(self) -> None:
        self.kernel()


class SgdUpdate(CudaUpdate):
    """h <- mu' h - lr c (dw + r);  w <- w + h, with the regularizer's gradient r."""

    rule: ClassVar[str] = "sgd"

    def common(self, fields: Fields) -> tuple[float, ...]:
        return (fields["last_momentum"],)


class NesterovUpdate(CudaUpdate):
    """w <- w - mu' h;  h <- mu' h - lr c (dw + r);  w <- w + (1 + mu) h."""

    rule: ClassVar[str] = "nesterov"

    def common(self, fields: Fields) -> tuple[float, ...]:
        return fields["last_momentum"], 1 + fields["momentum"]


class AdamUpdate(CudaUpdate):
    """m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w <- w - a m / (sqrt(v) + epsilon), g = dw + r."""

    rule: ClassVar[str] = "adam"

    def common(self, fields: Fields) -> tuple[float, ...]:
        beta1, beta2 = fields["beta1"], fields["beta2"]
        return beta1, 1 - beta1, beta2, 1 - beta2, fields["epsilon"]

    def steps(self, rates: Sequence[float], fields: Fields) -> Sequence[float]:
        beta1, beta2 = fields["beta1"], fields["beta2"]
        return [rate * unbiased(beta1, beta2, place.updates) for rate, place in zip(rates, self.places, strict=True)]


class AdamWUpdate(AdamUpdate):
    """As `AdamUpdate` with g = dw, but w <- w - lr c r before the step."""

    rule: ClassVar[str] = "adamw"


class AdagradUpdate(CudaUpdate):
    """G <- G + g^2;  w <- w - lr gamma c g / (sqrt(G) + epsilon), g = dw + r."""

    rule: ClassVar[str] = "adagrad"

    def common(self, fields: Fields) -> tuple[float, ...]:
        return (fields["epsilon"],)

    def steps(self, rates: Sequence[float], fields: Fields) -> Sequence[float]:
        return [rate * fields["gamma"] for rate in rates]


class RmsPropUpdate(CudaUpdate):
    """E <- rho E + (1 - rho) g^2;  w <- w - lr c g / (sqrt(E) + epsilon), g = dw + r."""

    rule: ClassVar[str] = "rmsprop"

    def common(self, fields: Fields) -> tuple[float, ...]:
        return fields["rho"], 1 - fields["rho"], fields["epsilon"]


class AdadeltaUpdate(CudaUpdate):
    """E <- rho E + (1 - rho) g^2;  s = sqrt(D + eps) / sqrt(E + eps) g;  D likewise of s;  w <- w - lr c s."""

    rule: ClassVar[str] = "adadelta"

    def common(self, fields: Fields) -> tuple[float, ...]:
        return fields["rho"], 1 - fields["rho"], fields["eps"]


UPDATES = (
    Binding(SGD, SgdUpdate),
    Binding(Nesterov, NesterovUpdate),
    Binding(Adam, AdamUpdate),
    Binding(AdamW, AdamWUpdate),
    Binding(Adagrad, AdagradUpdate),
    Binding(RMSProp, RmsPropUpdate),
    Binding(Adadelta, AdadeltaUpdate),
)


def _rows(state: UpdateState, number: int) -> Iterator[tuple[Any, ...]]:
    """The chunks of a place; the gradient of c |w|^2 is 2 c w, that of c |w| is c sign(w)."""
    place = state.places[number]
    regularizer: Any = place.site.param.regularizer
    kind = KINDS[type(regularizer)]
    decay = state.regu_coef * regularizer.coefficient * (2 if kind == KINDS[L2Regu] else 1) if kind else 0.0
    size = place.weight.spec.size
    for start in range(0, size, CHUNK):
        arrays = [0 if array is None else address(array) + 4 * start for array in _arrays(place, state.method.slots)]
        yield (*arrays, min(CHUNK, size - start), number, kind, decay, 0)


def _arrays(place: Place, slots: Sequence[str]) -> list[Array | None]:
    """Weight, gradient, and one or two arrays of history."""
    history = [place.history[slot].array for slot in slots]
    return [place.weight.array, place.diff.array, *history, *[None] * (2 - len(history))]
