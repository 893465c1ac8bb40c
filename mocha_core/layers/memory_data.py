"""Batches from arrays in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

import numpy as np

from ..blob import Shape
from ..data.arrays import ArraySource
from ..data.source import Source
from ..errors import DataError
from ..specs import spec
from .data_layer import DataLayer


@spec(kw_only=True, eq=False)
class MemoryDataLayer(DataLayer):
    """Reads arrays that the user holds, one per top, round and round; samples lie along the first axis.

    data: the arrays, integers or floats, by reference: change `layer.data[i][...]` between two forwards, and the second
    reads what was written. Two such layers are equal only if they are the same object.
    batch_size, shuffle, transformers: as in every data layer.

    >>> import numpy as np
    >>> from mocha_core import MemoryDataLayer
    >>> MemoryDataLayer(data=[np.zeros((9, 1, 28, 28)), np.zeros((9, 1))], batch_size=6).samples()
    ((1, 28, 28), (1,))
    """

    name: str = "memory-data"
    data: Sequence[Any] = field(default=(), repr=False)

    def check_data(self) -> None:
        if not isinstance(self.data, Sequence) and not (isinstance(self.data, np.ndarray) and self.data.ndim):
            raise self.refuse(f"data is a list of arrays, one per top, not {self.data!r}")
        self._put("data", tuple(self._array(number, array) for number, array in enumerate(self.data)))
        if len(self.data) != len(self.tops):
            tops = ", ".join(self.tops)
            raise self.refuse(f"data holds {len(self.data)} arrays for the tops {tops}; give one array per top")
        for top, array in zip(self.tops, self.data, strict=True):
            if array.dtype.kind not in "iuf":
                raise self._fault(f"the array for {top!r} is of type {array.dtype}; integers or floats are needed")
            if array.ndim == 0:
                raise self._fault(f"the array for {top!r} is a single value; samples along its first axis are needed")
        lengths = [len(array) for array in self.data]
        if len(set(lengths)) > 1:
            said = ", ".join(f"{top!r} has {length}" for top, length in zip(self.tops, lengths, strict=True))
            raise self._fault(f"the arrays have unequal lengths: {said} samples; each sample needs a row in each")
        if not lengths[0]:
            raise self._fault("the arrays hold no samples")

    def _array(self, number: int, array: Any) -> Any:
        try:
            return np.asarray(array)
        except ValueError as error:
            raise self._fault(f"array {number} of data has rows of unequal lengths: {error}") from error

    def samples(self) -> Sequence[Shape]:
        return tuple(array.shape[1:] for array in self.data)

    def reader(self, seed: int) -> Source:
        return ArraySource(self.label, self.data, self.batch_size, self.shuffling(seed, 1))

    def _fault(self, text: str) -> DataError:
        return DataError(f"{self.label}: {text}")
