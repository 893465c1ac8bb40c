"""Where arrays lie, for tables of them that a kernel reads."""

from __future__ import annotations

import numpy as np

from mocha_core.blob import Array


def address(array: Array) -> int:
    """Of the first byte, as the device counts. Who keeps it must keep the array, too."""
    return int(array.ctypes.data if isinstance(array, np.ndarray) else array.data.ptr)
