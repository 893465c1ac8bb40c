"""Where the cells of pooling windows lie, without padding the image."""

from __future__ import annotations

from mocha_core.ops import Axis


def reach(axis: Axis, cell: int) -> tuple[slice, slice]:
    """The windows whose cell number `cell` lies in the image, and where in the image those cells lie.

    >>> reach(Axis.pooling(5, kernel=3, stride=2, pad=1), 0)
    (slice(1, 3, None), slice(1, 5, 2))
    """
    first = max(0, -(-(axis.pad - cell) // axis.stride))
    last = min(axis.out - 1, (axis.size - 1 + axis.pad - cell) // axis.stride)
    start = first * axis.stride - axis.pad + cell
    count = max(0, last - first + 1)
    return slice(first, first + count), slice(start, start + count * axis.stride, axis.stride)
