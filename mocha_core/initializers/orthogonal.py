"""Initializers that draw a matrix as a whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ShapeError
from ..specs import spec
from .initializer import Initializer, Values

if TYPE_CHECKING:
    from ..plan import ParamSpec
    from ..random import Stream


@spec
class OrthogonalInitializer(Initializer):
    """A random matrix with orthonormal rows or columns, whichever are fewer, times `gain` (Saxe et al., 2013).

    The parameter counts as the matrix (units, everything else): (out, F), or (n_filter, channels x height x width).

    >>> from mocha_core import OrthogonalInitializer
    >>> OrthogonalInitializer(gain=2.0)
    OrthogonalInitializer(gain=2.0)
    """

    gain: float = 1.0

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        if len(param.shape) < 2:
            raise ShapeError(
                f"OrthogonalInitializer: parameter {param.name!r} of shape {param.shape} is no matrix; "
                f"it needs at least 2 dimensions, use GaussianInitializer for vectors"
            )
        rows, columns = param.shape[0], math.prod(param.shape[1:])
        tall = stream.normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)  # signs of r fixed: uniform over all orthogonal matrices
        matrix = q if rows >= columns else q.T
        return self.gain * matrix.reshape(param.shape)
