"""Images in another size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from ..blob import Array
from .registry import op


@dataclass(frozen=True, slots=True)
class Samples:
    """Along one side: result k is (1 - share[k]) times element first[k] plus share[k] times the element after it."""

    size: int
    first: tuple[int, ...]
    share: tuple[float, ...]

    @classmethod
    def nearest(cls, size: int, out: int) -> Self:
        """The element in whose `out / size` results k lies.

        >>> Samples.nearest(2, 4).first
        (0, 0, 1, 1)
        """
        return cls(size, tuple(k * size // out for k in range(out)), (0.0,) * out)

    @classmethod
    def linear(cls, size: int, out: int, align_corners: bool) -> Self:
        """Between the two elements next to k; the first and last elements continue beyond the ends.

        Elements and results are cells that fill the side, or with `align_corners` points whose ends coincide.

        >>> Samples.linear(2, 4, align_corners=False)
        Samples(size=2, first=(0, 0, 0, 1), share=(0.0, 0.25, 0.75, 0.0))
        """
        if align_corners:
            places = [k * (size - 1) / max(out - 1, 1) for k in range(out)]
        else:
            places = [min(max((k + 0.5) * size / out - 0.5, 0.0), size - 1.0) for k in range(out)]
        first = tuple(map(int, places))
        return cls(size, first, tuple(place - k for place, k in zip(places, first, strict=True)))

    @property
    def second(self) -> tuple[int, ...]:
        """The element after the first; the first itself where it would come after the last."""
        return tuple(min(k + 1, self.size - 1) for k in self.first)


@op
def resample(xp: Any, x: Array, samples: Samples, axis: int) -> Array:
    """The results along `axis`.

    >>> import numpy as np
    >>> resample(np, np.array([10.0, 20.0]), Samples.linear(2, 4, align_corners=False), axis=0)
    array([10. , 12.5, 17.5, 20. ])
    """
    y = xp.take(x, xp.asarray(samples.first), axis=axis)
    if not any(samples.share):
        return y
    share = _along(xp, samples.share, axis, x)
    after = xp.take(x, xp.asarray(samples.second), axis=axis)
    # An infinite element must not spoil a result that it has no share in.
    return (1 - share) * y + share * xp.where(share > 0, after, xp.zeros_like(after))


@op
def resample_adjoint(xp: Any, dy: Array, samples: Samples, axis: int) -> Array:
    """The adjoint of `resample`: each element gets the share of every result that it had a part in."""
    rows = xp.moveaxis(dy, axis, -1) @ _matrix(xp, samples, dy)
    return xp.moveaxis(rows, -1, axis)


def _along(xp: Any, numbers: tuple[float, ...], axis: int, x: Array) -> Array:
    line = [len(numbers) if k == axis % x.ndim else 1 for k in range(x.ndim)]
    return xp.reshape(xp.asarray(numbers, dtype=x.dtype), tuple(line))


def _matrix(xp: Any, samples: Samples, x: Array) -> Array:
    """Row k says which part each element has in result k."""
    gap = xp.arange(samples.size)[None, :] - xp.asarray(samples.first)[:, None]
    share = xp.asarray(samples.share, dtype=x.dtype)[:, None]
    none = xp.zeros_like(share)
    return xp.where(gap == 0, 1 - share, none) + xp.where(gap == 1, share, none)
