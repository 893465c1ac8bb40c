"""Copying samples out of an array, converted on the way, without allocating."""

from __future__ import annotations

import numpy as np

from .source import HostArray


class Rows:
    """Samples (along axis 0) of an array, which may be mapped from a file."""

    def __init__(self, array: HostArray, batch_size: int) -> None:
        self._array = array
        self._staging = np.empty((batch_size, *array.shape[1:]), array.dtype)

    def copy(self, at: int, out: HostArray) -> None:
        """Samples `at`, `at + 1`, ... over `out`."""
        np.copyto(out, self._array[at : at + len(out)], casting="unsafe")

    def pick(self, rows: HostArray, out: HostArray) -> None:
        """The samples numbered `rows` over `out`."""
        target = out if out.dtype == self._array.dtype else self._staging[: len(out)]
        np.take(self._array, rows, axis=0, out=target, mode="clip")
        if target is not out:
            np.copyto(out, target, casting="unsafe")
