"""What may be done to a batch between reading and use."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any

import numpy as np

from ..blob import Blob, Shape
from ..errors import DataError, MissingFileError, OptionError
from ..specs import Spec, spec
from .source import HostArray


class Transformer(Spec):
    """Changes a batch in place, shape preserved; given to a data layer as `transformers=[("data", Scale(0.5))]`."""

    __slots__ = ()

    @abstractmethod
    def apply(self, x: HostArray) -> None:
        """Change the batch `x` (samples along axis 0) in place."""

    def prepared(self, shape: Shape, dtype: str) -> Transformer:
        """What to apply to batches of this shape and type; called once. Files are read and shapes checked here."""
        return self


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

    >>> from mocha_core import SubMean
    >>> SubMean("mean.h5")
    SubMean(mean_file='mean.h5')
    """

    mean_file: str = ""
    mean_blob: Any = None

    def check(self) -> None:
        if not self.mean_file and self.mean_blob is None:
            raise OptionError('SubMean needs mean_file="..." or mean_blob=array')

    def apply(self, x: HostArray) -> None:
        x -= self._mean(x.shape, x.dtype.name)

    def prepared(self, shape: Shape, dtype: str) -> SubMean:
        return self.replace(mean_blob=self._mean(shape, dtype))

    def _mean(self, shape: Shape, dtype: str) -> HostArray:
        given = _read_mean(self.mean_file) if self.mean_blob is None else _on_host(self.mean_blob)
        mean = given[0] if given.ndim == len(shape) and given.shape[0] == 1 else given
        if mean.shape != shape[1:]:
            where = self.mean_file if self.mean_blob is None else "mean_blob"
            raise DataError(f"SubMean: the mean of {where} has shape {given.shape}, a sample of the data {shape[1:]}")
        return np.asarray(mean, dtype)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SubMean) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, int | None]:
        return self.mean_file, None if self.mean_blob is None else id(self.mean_blob)


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
