"""Mean and variance normalisation."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_blobs


@spec(kw_only=True)
class MVNLayer(Layer):
    """y = (x - mean) / (deviation + eps), the mean and deviation being those of each channel of each sample.

    The deviation is the root of the biased variance; `eps` is added after the root, as in Caffe. The bottom has the
    shape (num, channels, ...). Nothing is learned, and testing is as training.

    normalize_variance: False to subtract the mean only.   across_channels: one mean and deviation for a whole sample.

    >>> import numpy as np
    >>> MVNLayer(bottoms=["x"], tops=["y"]).forward(np, Values(xs=(np.array([[[1.0, 3.0]]]),)))[0].round(6).tolist()
    [[[-1.0, 1.0]]]
    """

    name: str = "mvn"
    normalize_variance: bool = True
    across_channels: bool = False
    eps: float = 1e-9

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if self.eps <= 0:
            raise self.refuse(f"eps={self.eps} must be positive, or a channel without variance would be divided by 0")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        if len(x.shape) <= self._first:
            raise self.misfit(f"{x} has no axes after the {'batch' if self.across_channels else 'channels'} to average")
        return Plan(tops=bottoms, saves=frozenset({"xs"} if self.normalize_variance else ()))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        centred = x - self._mean(xp, x)
        return (centred / (self._deviation(xp, centred) + self.eps) if self.normalize_variance else centred,)

    def backward(self, xp: Any, v: Values) -> Grads:
        (x,), (dy,) = v.xs, v.dys
        if not v.wants[0]:
            return Grads((None,))
        moved = dy - self._mean(xp, dy)
        return Grads((self._whitened(xp, x, dy, moved) if self.normalize_variance else moved,))

    def _whitened(self, xp: Any, x: Array, dy: Array, moved: Array) -> Array:
        """With s the deviation: (dy - mean dy - z mean(dy z) s / (s + eps)) / (s + eps), where z = (x - mean) / s."""
        centred = x - self._mean(xp, x)
        s = self._deviation(xp, centred)
        z = centred / xp.where(s > 0, s, xp.ones_like(s))
        return (moved - z * self._mean(xp, dy * z) * (s / (s + self.eps))) / (s + self.eps)

    def _deviation(self, xp: Any, centred: Array) -> Array:
        return xp.sqrt(self._mean(xp, centred * centred))

    def _mean(self, xp: Any, x: Array) -> Array:
        return xp.mean(x, axis=tuple(range(self._first, x.ndim)), keepdims=True)

    @property
    def _first(self) -> int:
        return 1 if self.across_channels else 2
