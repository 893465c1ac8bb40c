"""Convolution, neuron and pooling in one launch, without a library; see `sources/convolution.cu`."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, LayerState, Site

from ..base import Call, CudaKernel, diffs_of
from ..neuron import NO_NEURON
from ..scratch import NOTHING, Want, carve, request
from .chain import Chain, chain_of, refused
from .direct import LIMIT, NO_POOL, Behind, Direct, why_not
from .geometry import Geometry

CELLS = {(2, 2): (1, 1), (4, 1): (2, 0), (1, 4): (0, 2)}
"""Windows of a pooling that one thread holds: their shape, and the same as powers of two."""


class DirectConvolution(CudaKernel):
    """y = f(filters on the windows of x + bias), pooled: one launch; gradients by images one, by filters two.

    A pooling is joined where its windows do not overlap and have four cells. Forward keeps a byte for each of its
    results, for backward; without one the slope of the neuron is computed from y as dy is read.
    """

    limit: ClassVar[int] = LIMIT

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        decline = refused(site)
        if decline is not None:
            return decline
        chain, lie = chain_of(site)
        if chain.pool is not None and pool_of(chain, lie) is None:
            return Decline("the windows of the pooling overlap, or do not have four cells")
        if why := why_not(backend, lie, cls.limit):
            return Decline(why)
        saves = {"xs"} if site.trains else set()
        if chain.neuron is not None and chain.pool is None:
            saves.add("ys")
        back = Direct(backend.device, lie).backward_wants(site.trains, any(site.wants))
        return Accept(request(backward=back, step=_codes(site, chain)), saves=frozenset(saves))

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.chain, lie = chain_of(state.site)
        self.direct = Direct(self.device, lie)
        self.pool = NO_POOL if self.chain.pool is None else pool_of(self.chain, lie) or NO_POOL
        self.params = {name: blob.array for name, blob in state.params.items()}
        codes = carve(state.scratch[2].array, _codes(state.site, self.chain))
        for x, y, code in zip(state.bottoms, state.tops, codes, strict=True):
            self.forwards += self._ahead(x.array, y.array, code)
        if state.site.has_backward:
            wants = self.direct.backward_wants(state.site.trains, any(state.site.wants))
            (parts,) = carve(state.scratch[1].array, wants)
            for k, code in enumerate(codes):
                self._back(state, k, code, parts)

    def _ahead(self, x: Array, y: Array, codes: Array | None) -> list[Call]:
        chain = self.chain
        if chain.pool is None:
            return self.direct.forward(self, x, self.params["filter"], self.params.get("bias"), y, chain.numbers, [])
        relu = chain.neuron or chain.cut
        ends = (int(chain.neuron is not None), int(chain.cut is not None), float(relu.epsilon) if relu else 0.0)
        return [self.direct.pooled(self, x, self.params, y, codes, self.pool, ends)]

    def _back(self, state: LayerState, k: int, codes: Array | None, parts: Array | None) -> None:
        behind = self._behind(state.top_diffs[k].array, state.tops[k].array, codes)
        diffs = {name: blob.array for name, blob in state.param_diffs.items()}
        dx = diffs_of(state, len(state.bottoms))[k]
        if "filter" in diffs:
            x = state.bottoms[k].array
            self.backwards += self.direct.by_filter_behind(self, x, behind, diffs, parts, add=k > 0)
        if dx is not None:
            self.backwards.append(self.direct.by_image_behind(self, behind, self.params["filter"], dx))

    def _behind(self, dy: Array, y: Array, codes: Array | None) -> Behind:
        if self.chain.pool is not None:
            return (dy, None, codes, *NO_NEURON, *self.pool)
        numbers = self.chain.numbers
        return (dy, None if numbers == NO_NEURON else y, None, *numbers, *NO_POOL)


class SmallConvolution(DirectConvolution):
    """The same for small ones, where each launch that a library would need besides costs more than it saves."""

    limit: ClassVar[int] = 1 << 29


def pool_of(chain: Chain, lie: Geometry) -> tuple[int, ...] | None:
    """What kernels are told of a pooling that can be joined; None if it cannot."""
    grid = chain.pool.grid(lie.outputs)
    shape = tuple(axis.kernel for axis in grid.axes)
    apart = all(axis.stride == axis.kernel and axis.pad == 0 for axis in grid.axes)
    if shape not in CELLS or not apart:
        return None
    return (*CELLS[shape], *grid.out, int(chain.is_mean), int(chain.pool.divisor == "window"))


def _codes(site: Site, chain: Chain) -> list[Want]:
    """A byte for each result of a pooling, if there is a backward."""
    keeps = chain.pool is not None and site.has_backward
    return [Want(top.shape, "uint8") if keeps else NOTHING for top in site.plan.tops]
