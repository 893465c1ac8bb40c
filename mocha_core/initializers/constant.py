"""Initializers without chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import ShapeError
from ..specs import spec
from .initializer import Initializer, Values

if TYPE_CHECKING:
    from ..plan import ParamSpec
    from ..random import Stream


@spec
class NullInitializer(Initializer):
    """For a parameter whose values come from elsewhere (a loaded model): zeros until then.

    >>> from mocha_core import NullInitializer
    >>> NullInitializer()
    NullInitializer()
    """

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return np.zeros(param.shape)


@spec
class ConstantInitializer(Initializer):
    """Every element is `value`.

    >>> from mocha_core import ConstantInitializer
    >>> ConstantInitializer(0.1)
    ConstantInitializer(value=0.1)
    """

    value: float = 0.0

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        return np.full(param.shape, float(self.value))


@spec
class BilinearInitializer(Initializer):
    """Filters that interpolate, for a deconvolution that enlarges (see there).

    Along an axis of k cells, cell i is 1 - |i - centre| / f with f = ceil(k / 2) and centre = (2f - 1 - f % 2) / 2;
    along several axes these are multiplied. As in Caffe; see Long, Shelhamer and Darrell, "Fully convolutional networks
    for semantic segmentation", 2015.

    >>> from mocha_core import BilinearInitializer
    >>> BilinearInitializer()
    BilinearInitializer()
    """

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        if len(param.shape) < 3:
            raise ShapeError(
                f"BilinearInitializer: parameter {param.name!r} of shape {param.shape} has no kernel; "
                f"it is for the filters of convolution and deconvolution"
            )
        kernel = np.ones(())
        for size in param.shape[2:]:
            kernel = np.multiply.outer(kernel, _tent(size))
        return np.broadcast_to(kernel, param.shape).copy()


def _tent(size: int) -> Values:
    half = -(-size // 2)
    centre = (2 * half - 1 - half % 2) / 2
    return np.asarray(1 - np.abs(np.arange(size) - centre) / half)
