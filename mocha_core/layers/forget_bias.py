"""The first values of an LSTM's bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..initializers.initializer import Initializer, Values
from ..specs import spec

if TYPE_CHECKING:
    from ..plan import ParamSpec
    from ..random import Stream


@spec
class ForgetBias(Initializer):
    """Values of another initializer, `more` added to those of the forget gate: the second of four equal parts.

    >>> from mocha_core import ConstantInitializer
    >>> ForgetBias(ConstantInitializer(0.0), 1.0)
    ForgetBias(init=ConstantInitializer(), more=1.0)
    """

    init: Initializer
    more: float

    def values(self, param: ParamSpec, stream: Stream) -> Values:
        values = np.array(self.init.values(param, stream))
        size = param.shape[0] // 4
        values[size : 2 * size] += self.more
        return values
