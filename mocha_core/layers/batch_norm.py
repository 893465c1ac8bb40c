"""Batch normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from ..blob import Array, BlobSpec
from ..constraints import NoCons
from ..initializers import ConstantInitializer
from ..layer import Grads, Layer, Values
from ..plan import TRAIN, ParamSpec, Plan, Traits
from ..regularizers import NoRegu
from ..specs import spec
from .placing import Place, channels
from .wiring import need_blobs


@spec(kw_only=True)
class BatchNormLayer(Layer):
    """y = (x - mean) / sqrt(var + eps), with the mean and the (biased) variance of each channel.

    In training these are taken over the batch and all other axes; in testing the running averages of training are used.
    As in Caffe there is no scale and no bias: add a `ScaleLayer(bias=True)`. Source: Ioffe and Szegedy, "Batch
    normalization: accelerating deep network training by reducing internal covariate shift", 2015.

    A layer that is frozen computes as in testing, and its averages stay.

    The running averages are the parameters `mean`, `var` and `count`, which no solver touches and snapshots keep. A
    batch weighs `moving_average` times as much as the one after it, `count` is the sum of the weights, and `var`
    averages the unbiased variances, m / (m - 1) times the biased one of m elements. Caffe keeps the sums, mean * count
    and var * count. Before any training mean is 0, var is 1.

    axis: that of the channels, as NumPy counts.   eps: keeps the divisor from 0.
    statistics: "phase", as said above; "batch" or "running" for those in both phases, the latter to train other layers
    around this one while it stays as it is.   param_key: under which the averages are shared; the name if empty.
    warm_up: False: the first values count as averages of a long training, so that every batch has the weight
    1 - moving_average in them, from the first on, as in most other frameworks.

    >>> from mocha_core import BatchNormLayer
    >>> BatchNormLayer(name="bn1", bottoms=["conv1"], tops=["bn1"], moving_average=0.95)
    BatchNormLayer(name='bn1', bottoms=('conv1',), tops=('bn1',), moving_average=0.95)
    """

    axis: int = 1
    eps: float = 1e-5
    moving_average: float = 0.999
    statistics: Literal["phase", "batch", "running"] = "phase"
    warm_up: bool = True
    param_key: str = ""

    traits: ClassVar[Traits] = Traits(phased=True)

    def check_options(self) -> None:
        need_blobs(self, bottoms=1, tops=1)
        if self.eps <= 0:
            raise self.refuse(f"eps is a number above 0, such as 1e-5, not {self.eps}")
        if not 0 <= self.moving_average <= 1:
            raise self.refuse(f"moving_average is a number from 0 to 1, such as 0.999, not {self.moving_average}")
        if not self.warm_up and self.moving_average == 1:
            raise self.refuse("moving_average=1 never forgets, and needs warm_up=True; take a smaller one")
        if self.statistics not in ("phase", "batch", "running"):
            raise self.refuse(f'statistics is "phase", "batch" or "running", not {self.statistics!r}')

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        shape = channels(self, bottoms[0], self.axis).small
        count = 0.0 if self.warm_up else 1 / (1 - self.moving_average)
        params = (_average("mean", shape, 0.0), _average("var", shape, 1.0), _average("count", (1,), count))
        return Plan(tops=bottoms, params=params, saves=frozenset({"xs"}))

    def uses_batch(self, phase: str) -> bool:
        """Whether the statistics are those of the batch."""
        return self.statistics == "batch" or (self.statistics == "phase" and phase == TRAIN)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        centred, std = self._centred(xp, v)
        return (centred / std,)

    def backward(self, xp: Any, v: Values) -> Grads:
        (dy,) = v.dys
        if not v.wants[0]:
            return Grads((None,))
        centred, std = self._centred(xp, v)
        if not self.uses_batch(v.phase):
            return Grads((dy / std,))
        y, of = centred / std, self._place(dy)
        mean_dy, mean_dyy = (of.spread(xp, of.mean(xp, product)) for product in (dy, dy * y))
        return Grads(((dy - mean_dy - y * mean_dyy) / std,))

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        if not self.uses_batch(v.phase):
            return {}
        mean, var = self._moments(xp, v.xs[0])
        m = v.xs[0].size // mean.size
        count = float(self.moving_average) * v.params["count"] + 1
        new = {"mean": mean, "var": var * (m / max(m - 1, 1))}
        return {name: v.params[name] + (value - v.params[name]) / count for name, value in new.items()} | {
            "count": count
        }

    def _centred(self, xp: Any, v: Values) -> tuple[Array, Array]:
        """x - mean, and the standard deviation that it is divided by."""
        (x,) = v.xs
        own = self.uses_batch(v.phase)
        mean, var = self._moments(xp, x) if own else (v.params["mean"], v.params["var"])
        of = self._place(x)
        return x - of.spread(xp, mean), xp.sqrt(of.spread(xp, var) + float(self.eps))

    def _moments(self, xp: Any, x: Array) -> tuple[Array, Array]:
        """Mean and biased variance of each channel."""
        of = self._place(x)
        mean = of.mean(xp, x)
        return mean, of.mean(xp, (x - of.spread(xp, mean)) ** 2)

    def _place(self, x: Array) -> Place:
        return channels(self, BlobSpec(tuple(x.shape)), self.axis)


def _average(name: str, shape: tuple[int, ...], start: float) -> ParamSpec:
    return ParamSpec(name, shape, ConstantInitializer(start), NoRegu(), NoCons(), trained=False)
