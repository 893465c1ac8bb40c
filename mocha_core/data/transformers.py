"""What may be done to a batch between reading and use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ..blob import Blob, Shape
from ..errors import DataError, MissingFileError, OptionError
from ..option_types import numbers_of
from ..specs import Spec, spec
from .source import HostArray


class Transformer(Spec):
    """Changes the batches of one top; given to a data layer as `transformers=[("data", Scale(0.5))]`.

    Samples lie along axis 0. A transformer that works in place overrides `apply`; one that draws random numbers, or
    gives batches of another shape (which `output` declares), overrides `run`.

    draws: how many random numbers `run` wants for each sample.
    """

    __slots__ = ()

    draws: ClassVar[int] = 0

    def apply(self, x: HostArray) -> None:
        """Change the batch `x` in place."""
        raise NotImplementedError(f"{type(self).__name__} overrides neither apply nor run")

    def run(self, x: HostArray, out: HostArray, u: HostArray) -> None:
        """Write what becomes of the batch `x` over `out`, which is `x` itself where `output` keeps the shape.

        u: uniform numbers in (0, 1), `draws` for each sample; the same batch always gets the same ones.
        """
        self.apply(x)

    def output(self, shape: Shape) -> Shape:
        """The shape of what comes out for batches of this shape; `ShapeError` if they do not fit."""
        return shape

    def prepared(self, shape: Shape, dtype: str) -> Transformer:
        """What to apply to batches of this shape and type; called once. Files are read and shapes checked here."""
        return self

    def in_phase(self, phase: str) -> Transformer | None:
        """What takes its place in a net of that phase; None: nothing does."""
        return self


def outputs(transformers: Iterable[Transformer], shape: Shape) -> Shape:
    """The shape of what comes out of all of them, one after the other."""
    for transformer in transformers:
        shape = transformer.output(shape)
    return shape


@spec
class Scale(Transformer):
    """`x <- scale * x`.

    >>> from mocha_core import Scale
    >>> Scale(scale=1 / 256)
    Scale(scale=0.00390625)
    """

    scale: float = 1.0

    def apply(self, x: HostArray) -> None:
        x *= self.scale


@spec(eq=False)
class SubMean(Transformer):
    """`x <- x - mean` for every sample.

    mean_file: HDF5 file with the dataset `mean`, in the shape of one sample, with or without a leading axis of one.
    mean_blob: an array or blob of that shape; wins over the file.
    mean_values: instead of those, one number per channel (axis 1 of a batch), or one for all.

    >>> from mocha_core import SubMean
    >>> SubMean("mean.h5")
    SubMean(mean_file='mean.h5')
    >>> SubMean(mean_values=(104, 117, 123)).apply(np.zeros((64, 3, 28, 28)))
    """

    mean_file: str = ""
    mean_blob: Any = None
    mean_values: Any = ()

    def check(self) -> None:
        self._put("mean_values", _numbers(self, self.mean_values))
        if not self.mean_file and self.mean_blob is None and not self.mean_values:
            raise OptionError('SubMean needs mean_file="...", mean_blob=array or mean_values=(104, 117, 123)')
        if self.mean_values and (self.mean_file or self.mean_blob is not None):
            raise self.refuse("mean_values stand alone; leave out mean_file and mean_blob")

    def apply(self, x: HostArray) -> None:
        x -= self._mean(x.shape, x.dtype.name)

    def prepared(self, shape: Shape, dtype: str) -> SubMean:
        return SubMean(mean_blob=self._mean(shape, dtype))

    def _mean(self, shape: Shape, dtype: str) -> HostArray:
        if self.mean_values:
            return np.broadcast_to(self._of_channels(shape, dtype), shape[1:])
        given = _read_mean(self.mean_file) if self.mean_blob is None else _on_host(self.mean_blob)
        mean = given[0] if given.ndim == len(shape) and given.shape[0] == 1 else given
        if mean.shape != shape[1:]:
            where = self.mean_file if self.mean_blob is None else "mean_blob"
            raise DataError(f"SubMean: the mean of {where} has shape {given.shape}, a sample of the data {shape[1:]}")
        return np.asarray(mean, dtype)

    def _of_channels(self, shape: Shape, dtype: str) -> HostArray:
        values = np.asarray(self.mean_values, dtype)
        if len(shape) < 2 or len(values) not in (1, shape[1]):
            raise DataError(f"SubMean: there are {len(values)} mean_values, and a sample of the data is {shape[1:]}")
        return values.reshape(-1, *[1] * (len(shape) - 2))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SubMean) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, int | None, tuple[float, ...]]:
        return self.mean_file, None if self.mean_blob is None else id(self.mean_blob), self.mean_values


def _numbers(owner: Spec, values: Any) -> tuple[float, ...]:
    """`mean_values` as numbers; a single number means all channels."""
    try:
        return tuple(numbers_of(values).astype(np.float64).reshape(-1).tolist())
    except TypeError:
        raise owner.refuse(f"mean_values are numbers, one per channel, not {values!r}") from None


def _on_host(mean: Any) -> HostArray:
    return mean.to_array() if isinstance(mean, Blob) else np.asarray(mean)


def _read_mean(path: str) -> HostArray:
    import h5py

    if not Path(path).is_file():
        raise MissingFileError(f"SubMean: there is no mean file {path}")
    try:
        with h5py.File(path, "r") as file:
            found = file.get("mean")
            if isinstance(found, h5py.Dataset) and found.dtype.kind in "iuf":
                return np.asarray(found)
            held = ", ".join(file) or "nothing"
            raise DataError(f"SubMean: {path} has no dataset 'mean' of numbers; it holds: {held}")
    except OSError as error:
        raise DataError(f"SubMean: {path} cannot be read as HDF5: {error}") from error
