"""Batches from arrays in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..blob import Shape
from .copying import Rows
from .rounds import Part, RoundSource, Shuffle
from .source import HostArray


class ArrayPart(Part):
    """Arrays of equal length, by reference: what is written into them later is read later."""

    def __init__(self, arrays: Sequence[HostArray], batch_size: int) -> None:
        self.length = len(arrays[0])
        self._readers = [Rows(array, batch_size) for array in arrays]

    def copy(self, at: int, out: tuple[HostArray, ...]) -> None:
        for reader, target in zip(self._readers, out, strict=True):
            reader.copy(at, target)

    def pick(self, rows: HostArray, out: tuple[HostArray, ...]) -> None:
        for reader, target in zip(self._readers, out, strict=True):
            reader.pick(rows, target)


class ArraySource(RoundSource):
    """Reads `arrays` at every batch, never ahead of time, so that the user may change them in between."""

    prefetch: ClassVar[bool] = False

    def __init__(self, label: str, arrays: Sequence[HostArray], batch_size: int, shuffle: Shuffle | None) -> None:
        shapes: list[Shape] = [(batch_size, *array.shape[1:]) for array in arrays]
        RoundSource.__init__(self, label, shapes, 1, shuffle)
        self._whole = ArrayPart(arrays, batch_size)

    def open_part(self, number: int) -> Part:
        return self._whole
