"""What a convolution's kernel does in one go: the convolution, a neuron, a pooling, and a ReLU behind that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from mocha_core.kernel import Decline, Site
from mocha_core.layers import PoolingLayer
from mocha_core.neurons import ReLU
from mocha_core.passes import members_of
from mocha_core.pooling import Pooling as Functions

from ..base import DTYPE
from ..neuron import NO_NEURON, Numbers, is_behind, is_relu, numbers_of
from .geometry import Geometry


@dataclass(frozen=True, slots=True)
class Chain:
    """A convolution and what follows it. A ReLU before a maximum is done after it, where there are fewer numbers.

    neuron: on what the convolution gives.   cut: a ReLU behind the pooling.
    """

    convolution: Any
    neuron: Any = None
    pool: Any = None
    cut: ReLU | None = None

    @classmethod
    def of(cls, layer: Any) -> Self | None:
        """What is in a layer whose lead is a convolution; None if no kernel does that in one go."""
        convolution, *after = members_of(layer)
        if len(after) == 1 and is_behind(after[0]):
            return cls(convolution, after[0].neuron)  # type: ignore[attr-defined]
        pools = [k for k, each in enumerate(after) if isinstance(each, PoolingLayer)]
        if not pools:
            return None if after else cls(convolution)
        relu, pool, cut = after[: pools[0]], after[pools[0]], after[pools[0] + 1 :]
        return cls._pooled(convolution, relu, pool, cut)

    @classmethod
    def _pooled(cls, convolution: Any, relu: list[Any], pool: Any, cut: list[Any]) -> Self | None:
        floors = {each.neuron for each in (*relu, *cut) if is_relu(each)}
        if not all(map(is_relu, (*relu, *cut))) or max(len(relu), len(cut), len(floors)) > 1 or pool.mask:
            return None
        first, last = (each[0].neuron if each else None for each in (relu, cut))
        if type(pool.pooling) is Functions.Max:
            return cls(convolution, None, pool, first or last)
        return cls(convolution, first, pool, last) if type(pool.pooling) is Functions.Mean else None

    @property
    def numbers(self) -> Numbers:
        """The neuron on what the convolution gives."""
        return NO_NEURON if self.neuron is None else numbers_of(self.neuron)

    @property
    def is_mean(self) -> bool:
        """Whether the pooling is a mean."""
        return type(self.pool.pooling) is Functions.Mean


def refused(site: Site) -> Decline | None:
    """Why no kernel here can serve the site of a convolution; None if one can."""
    if site.dtype != DTYPE:
        return Decline(f"computes in {DTYPE}, not {site.dtype}")
    if len(site.bottoms[0].shape) != 4:
        return Decline("images have other axes than height and width")
    if Chain.of(site.layer) is None:
        return Decline("is joined with something else than a neuron and a pooling")
    if not Geometry.of(site.layer.lead, site.bottoms[0].shape).fits:
        return Decline("an image has more numbers than 31 bits count")
    return None


def chain_of(site: Site) -> tuple[Chain, Geometry]:
    """What a site that is not refused is made of."""
    chain = Chain.of(site.layer)
    assert chain is not None
    return chain, Geometry.of(chain.convolution, site.bottoms[0].shape)
