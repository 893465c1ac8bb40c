"""Blobs: named N-dimensional arrays in a backend's memory, and their specs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .errors import BlobAccessError, OptionError, ShapeError

if TYPE_CHECKING:
    from .admitted import Check
    from .backend import Backend

Array: TypeAlias = Any
"""An array of whatever namespace the backend computes with."""

Shape: TypeAlias = tuple[int, ...]

DTYPES = ("float32", "float64")


@dataclass(frozen=True, slots=True)
class BlobSpec:
    """Shape and element type of a blob, in NumPy's order: `(num, channels, height, width)`.

    >>> BlobSpec((64, 20, 24, 24)).nbytes
    2949120
    """

    shape: Shape
    dtype: str = "float32"

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.size * np.dtype(self.dtype).itemsize

    def with_shape(self, *shape: int) -> BlobSpec:
        """The same element type in another shape."""
        return BlobSpec(shape, self.dtype)

    def __str__(self) -> str:
        return " x ".join(map(str, self.shape)) or "scalar"


@dataclass(slots=True)
class Awaited:
    """What a net must do before some of its blobs hold anything; `advice` says so until it is `done`."""

    advice: str
    done: bool = False


class Blob:
    """An array of one backend under a name; never moves once its net is built.

    Read it with `to_array()` or NumPy's `asarray`, write it with `set(...)` or `fill(...)`; kernels use `array` itself.

    version: grows with every write from outside a net's steps, so that a kernel may keep what it made of a parameter.
    awaits: for a result of a net, what must be done before it can be read; None for any other blob.
    checks: for what a net is fed, what its layers can read; `set` and `fill` ask them.
    """

    __slots__ = ("array", "awaits", "backend", "checks", "name", "spec", "version")

    def __init__(self, backend: Backend, spec: BlobSpec, array: Array, name: str = "") -> None:
        self.backend, self.spec, self.array, self.name = backend, spec, array, name
        self.version = 0
        self.awaits: Awaited | None = None
        self.checks: tuple[Check, ...] = ()

    @property
    def shape(self) -> Shape:
        return self.spec.shape

    @property
    def dtype(self) -> str:
        return self.spec.dtype

    def to_array(self) -> np.ndarray[Any, Any]:
        """A copy on the host, in the blob's shape and element type; `BlobAccessError` while it holds nothing."""
        return self.backend.to_host(self.readable())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """For NumPy: what `to_array` gives. It is always a copy, so `copy=False` is an `OptionError`."""
        if copy is False:
            raise OptionError(f"blob {self.name!r} can only be copied; leave copy=False out")
        return self.to_array().astype(dtype or self.dtype, copy=False)

    def readable(self) -> Array:
        """The array; `BlobAccessError` where neither a net's steps nor anybody else has written anything yet."""
        if self.awaits is not None and not self.awaits.done and not self.version:
            raise BlobAccessError(f"blob {self.name!r} holds nothing yet: {self.awaits.advice}")
        return self.array

    def set(self, values: Any) -> None:
        """Copy `values` in; their shape must be the blob's, their type is converted.

        `DataError` where a layer that reads the blob cannot read one of them, such as a label that is no class.
        """
        host = np.asarray(values, dtype=self.dtype)
        if host.shape != self.shape:
            raise ShapeError(f"blob {self.name!r} is {self.spec}, not {BlobSpec(host.shape)}; reshape the array first")
        for check in self.checks:
            check(host)
        self.backend.write(self.array, host)
        self.written()

    def fill(self, value: float) -> None:
        """Set every element to `value`."""
        self.set(np.full(self.shape, value, self.dtype))

    def written(self) -> None:
        """Note that `array` holds other values now; whoever writes into a parameter's array must say so."""
        self.version += 1

    def __repr__(self) -> str:
        return f"Blob({self.name!r}, {self.spec}, {self.dtype})"


def check_dtype(dtype: str) -> str:
    """`dtype` as a name, if a net can compute in it."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = repr(dtype)
    if name not in DTYPES:
        raise OptionError(f"a net computes in {' or '.join(DTYPES)}, not {name}; write dtype={DTYPES[0]!r}")
    return name
