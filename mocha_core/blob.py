"""Blobs: named N-dimensional arrays in a backend's memory, and their specs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .errors import OptionError, ShapeError

if TYPE_CHECKING:
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


class Blob:
    """An array of one backend under a name; never moves once its net is built.

    Read it with `to_array()`, write it with `set(...)` or `fill(...)`; kernels use `array` itself.

    version: grows with every write from outside a net's steps, so that a kernel may keep what it made of a parameter.
    """

    __slots__ = ("array", "backend", "name", "spec", "version")

    def __init__(self, backend: Backend, spec: BlobSpec, array: Array, name: str = "") -> None:
        self.backend, self.spec, self.array, self.name = backend, spec, array, name
        self.version = 0

    @property
    def shape(self) -> Shape:
        return self.spec.shape

    @property
    def dtype(self) -> str:
        return self.spec.dtype

    def to_array(self) -> np.ndarray[Any, Any]:
        """A copy on the host, in the blob's shape and element type."""
        return self.backend.to_host(self.array)

    def set(self, values: Any) -> None:
        """Copy `values` in; their shape must be the blob's, their type is converted."""
        host = np.asarray(values, dtype=self.dtype)
        if host.shape != self.shape:
            raise ShapeError(f"blob {self.name!r} is {self.spec}, not {BlobSpec(host.shape)}; reshape the array first")
        self.backend.write(self.array, host)
        self.written()

    def fill(self, value: float) -> None:
        """Set every element to `value`."""
        self.backend.write(self.array, np.full(self.shape, value, self.dtype))
        self.written()

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
