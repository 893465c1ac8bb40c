"""What Caffe's transform_param asks for and Mocha's own transformers do not do."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from mocha_core.blob import Shape
from mocha_core.data import RandomMirror, SubMean
from mocha_core.data.source import HostArray
from mocha_core.data.transformers import Transformer
from mocha_core.errors import DataError
from mocha_core.log import logger
from mocha_core.specs import spec

from .mean_file import read_mean


@spec
class SubMeanFile(Transformer):
    """`x <- x - mean`, the mean from a file of Caffe's.

    mean_file: .binaryproto, .npy (channels, height, width) or one number for each channel, or HDF5 with `mean`.
    A mean image larger than the samples is cut to its middle, and that is logged once; before a crop the samples are
    whole, so that the mean is taken at the place of the crop, as Caffe does.

    >>> SubMeanFile("mean.binaryproto")
    SubMeanFile(mean_file='mean.binaryproto')
    """

    mean_file: str

    def check(self) -> None:
        self._put("mean_file", str(self.mean_file))
        if not self.mean_file:
            raise self.refuse('mean_file is missing; give the file: SubMeanFile("mean.binaryproto")')

    def prepared(self, shape: Shape, dtype: str) -> Transformer:
        mean = read_mean(self.mean_file)
        if len(shape) != 4 or len(mean) != shape[1]:
            raise self._misfit(mean, shape)
        if mean.ndim == 1:
            return SubMean(mean_values=mean.tolist())
        return SubMean(mean_blob=self._middle(mean, shape).astype(dtype))

    def apply(self, x: HostArray) -> None:
        self.prepared(tuple(x.shape), x.dtype.name).apply(x)

    def _middle(self, mean: HostArray, shape: Shape) -> HostArray:
        (height, width), (h, w) = mean.shape[1:], shape[2:]
        if height < h or width < w:
            raise self._misfit(mean, shape)
        if (height, width) != (h, w):
            _say_cut(self.mean_file, (height, width), (h, w))
        top, left = (height - h) // 2, (width - w) // 2
        return mean[:, top : top + h, left : left + w]

    def _misfit(self, mean: HostArray, shape: Shape) -> DataError:
        return DataError(
            f"SubMeanFile: the mean of {self.mean_file} has shape {mean.shape}, a sample {tuple(shape[1:])}; make one "
            f" of this data (mocha caffe mean), or give one number for each channel: mean_value"
        )


@spec
class AlwaysRandomMirror(Transformer):
    """Turns every other image about its vertical axis, drawn for each by itself, in the test phase, too.

    Caffe does that wherever transform_param says `mirror: true`; `RandomMirror` leaves the test phase alone.

    >>> AlwaysRandomMirror().in_phase("test")
    AlwaysRandomMirror()
    """

    draws: ClassVar[int] = 1

    def output(self, shape: Shape) -> Shape:
        return RandomMirror().output(shape)

    def run(self, x: HostArray, out: HostArray, u: HostArray) -> None:
        RandomMirror().run(x, out, u)


@lru_cache(maxsize=64)
def _say_cut(path: str, mean: tuple[Any, ...], image: tuple[Any, ...]) -> None:
    """Once for each file and size."""
    logger.warning(
        "the mean image of %s is %d x %d, the samples are %d x %d: its middle is subtracted", path, *mean, *image
    )
