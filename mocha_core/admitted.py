"""Which numbers a layer can read where it cannot read any: class labels, numbers of rows, targets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import DataError

HostArray = np.ndarray[Any, Any]

SLACK = 1e-3
"""How far a number may lie from one that is admitted: 30 * 0.1 is not quite 3 in single precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The numbers from `low` to `high` that are `step` apart, or, if step is 0, all of them; and `ignored`, if given.

    column: the only one, along the second axis, that is held against this; None: all numbers are.
    ignorable: whether the layer has an option `ignore_label`, which `ignored` is then.
    noun, told, advice: what messages call such a number, what is admitted, and what to do about one beyond.

    >>> Admitted(low=-1, high=1, step=2, told="labels are -1 or 1").check("loss", "sign", np.array([[1.0], [0.0]]))
    Traceback (most recent call last):
        ...
    mocha_core.errors.DataError: layer 'loss': blob 'sign' holds the label 0 in sample 1 of the batch, but labels are -1 or 1
    """  # noqa: E501

    low: float
    high: float
    step: float = 0.0
    ignored: float | None = None
    ignorable: bool = False
    column: int | None = None
    noun: str = "label"
    told: str
    advice: str = ""

    def check(self, reader: str, blob: str, values: HostArray) -> None:
        """Raise `DataError` at the first of the values of a blob, (num, ...), that is not admitted."""
        looked = values if self.column is None else values[:, self.column : self.column + 1]
        if self._valid(looked).all():
            return
        valid = self._valid(self._settled(looked))
        if not valid.all():
            where = np.unravel_index(int(np.argmin(valid)), valid.shape)
            raise DataError(f"layer {reader!r}: blob {blob!r} holds {self._finding(np.asarray(looked), where)}")

    def drawn(self, shape: tuple[int, ...], random: np.random.Generator) -> HostArray:
        """Random numbers that are admitted, `ignored` left aside; in other columns, normal ones."""
        size = shape if self.column is None else (shape[0], 1, *shape[2:])
        if self.step:
            count = round((self.high - self.low) / self.step) + 1
            numbers = self.low + self.step * random.integers(count, size=size)
        else:
            numbers = random.uniform(self.low, self.high, size)
        if self.column is None:
            return np.asarray(numbers)
        values = random.standard_normal(shape)
        values[:, self.column : self.column + 1] = numbers
        return values

    def _valid(self, values: HostArray) -> Any:
        valid = (values >= self.low) & (values <= self.high)
        if self.step:
            valid &= values == self._nearest(values)
        if self.ignored is not None:
            valid |= values == self.ignored
        return valid

    def _nearest(self, values: HostArray) -> HostArray:
        if (self.low, self.step) == (0, 1):
            return np.rint(values)
        if self.step:
            return np.rint((values - self.low) / self.step) * self.step + self.low
        return np.clip(values, self.low, self.high)

    def _settled(self, values: HostArray) -> HostArray:
        """With what lies beside an admitted number taken for it; not done first, since few batches need it."""
        near = self._nearest(values)
        with np.errstate(invalid="ignore"):
            return np.where(np.abs(values - near) <= SLACK, near, values)

    def _finding(self, values: HostArray, where: tuple[Any, ...]) -> str:
        number = float(values[where])
        sample = f" in sample {int(where[0])} of the batch" if where else ""
        place = f" at {tuple(int(k) for k in where[1:])}" if math.prod(values.shape[1:]) > 1 else ""
        return f"the {self.noun} {number:g}{sample}{place}, but {self._sentence(number)}"

    def _sentence(self, number: float) -> str:
        if self.step == 1 and self.low < number < self.high:
            return f"{self.noun}s are whole numbers: {self.told}"
        none = self.ignorable and self.ignored is None and number in (-1, 255)
        hint = f"ignore_label={number:g} leaves such labels out" if none else ""
        return "; ".join(text for text in (self.told, self.advice, hint) if text)


@dataclass(frozen=True, slots=True)
class Check:
    """What layer `reader` can read of a blob, which it sees in that shape."""

    reader: str
    blob: str
    shape: tuple[int, ...]
    admitted: Admitted

    def __call__(self, values: HostArray) -> None:
        """Raise `DataError` at the first number that it cannot read."""
        self.admitted.check(self.reader, self.blob, values.reshape(self.shape))


def class_labels(count: int, **options: Any) -> Admitted:
    """Labels of so many classes.

    >>> class_labels(3).check("loss", "label", np.array([[2.0], [3.0]]))
    Traceback (most recent call last):
        ...
    mocha_core.errors.DataError: layer 'loss': blob 'label' holds the label 3 in sample 1 of the batch, but the prediction has 3 classes: 0 ... 2; labels count from 0, subtract 1 if yours count from 1
    """  # noqa: E501
    told, advice = f"the prediction has {count} classes", "labels count from 0, subtract 1 if yours count from 1"
    return whole(count, told, advice=advice, **options)


def whole(count: int, told: str, **options: Any) -> Admitted:
    """The whole numbers from 0, so many; `told` says of what there are as many."""
    return Admitted(low=0, high=count - 1, step=1, told=f"{told}: 0 ... {count - 1}", **options)
