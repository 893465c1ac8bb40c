"""What an initializer is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..specs import Spec

if TYPE_CHECKING:
    from ..plan import ParamSpec
    from ..random import Stream

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


class Initializer(Spec, ABC):
    """How a parameter starts. A new one is a `@spec` with this one method."""

    __slots__ = ()

    @abstractmethod
    def values(self, param: ParamSpec, stream: Stream) -> Values:
        """Float64 values of shape `param.shape`; all randomness comes from `stream`."""
