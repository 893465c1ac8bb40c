"""Convolutions by a library: its products, and around them launches for neuron, pooling and bias."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, LayerState, Site

from ..base import CudaKernel, blocks, diffs_of
from ..channels import Channels, launched
from ..neuron import NO_NEURON
from ..pooling import Poolings, Windows
from ..scratch import NOTHING, Want, carve, request
from .chain import chain_of, refused
from .direct import Direct, why_not
from .engine import Engine
from .geometry import Geometry
from .im2col import Im2col


@dataclass(frozen=True, slots=True)
class Memory:
    """What a chain needs besides the memory of its products.

    between: what the convolution gives, where a pooling follows; kept for backward if a neuron's slope reads it.
    """

    between: Want = NOTHING
    kept: tuple[Want, ...] = ()
    places: tuple[Want, ...] = ()
    by_between: Want = NOTHING
    sums: Want = NOTHING

    @classmethod
    def of(cls, backend: Any, site: Site, sums_bias: bool) -> Memory:
        """Of a site that is not refused. sums_bias: whether the engine sums the gradient of the bias itself."""
        chain, lie = chain_of(site)
        apart = site.trains and chain.convolution.bias and not sums_bias
        sums = _channels(backend, lie).parts if apart else NOTHING
        tops = len(site.plan.tops)
        if chain.pool is None:
            return cls(kept=(NOTHING,) * tops, places=(NOTHING,) * tops, sums=sums)
        between, back = Want(lie.outputs), site.has_backward
        keeps = back and chain.neuron is not None
        places = Windows.of(chain.pool, lie.outputs, False).places() if back and not chain.is_mean else NOTHING
        return cls(
            between=NOTHING if keeps else between,
            kept=(between if keeps else NOTHING,) * tops,
            places=(places,) * tops,
            by_between=between if back else NOTHING,
            sums=sums,
        )


class EngineConvolution(CudaKernel):
    """A convolution by an engine; gradients by what a neuron or pooling gave are first turned into those before it."""

    @classmethod
    @abstractmethod
    def engine(cls, backend: Any, geometry: Geometry) -> Engine | str:
        """What makes the products; or why nothing does."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        decline = refused(site)
        if decline is not None:
            return decline
        chain, lie = chain_of(site)
        engine = cls.engine(backend, lie)
        if isinstance(engine, str):
            return Decline(engine)
        memory = Memory.of(backend, site, engine.sums_bias)
        saves = {"xs"} if site.trains else set()
        if (chain.cut is not None and chain.is_mean) if chain.pool is not None else chain.neuron is not None:
            saves.add("ys")
        back = [memory.by_between, memory.sums, *engine.backward_wants(site.trains, any(site.wants))]
        return Accept(
            request(
                forward=[memory.between, *engine.forward_wants()], backward=back, step=[*memory.kept, *memory.places]
            ),
            saves=frozenset(saves),
        )

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.chain, self.lie = chain_of(state.site)
        engine = self.engine(backend, self.lie)
        assert isinstance(engine, Engine)
        memory = Memory.of(backend, state.site, engine.sums_bias)
        self.products, self.place = engine, _channels(backend, self.lie)
        self.params = {name: blob.array for name, blob in state.params.items()}
        self.diffs = {name: blob.array for name, blob in state.param_diffs.items()}
        between, *ahead = carve(state.scratch[0].array, [memory.between, *engine.forward_wants()])
        steps = carve(state.scratch[2].array, [*memory.kept, *memory.places])
        kept, places = steps[: len(state.tops)], steps[len(state.tops) :]
        for k, (x, y) in enumerate(zip(state.bottoms, state.tops, strict=True)):
            self._ahead(x.array, y.array, kept[k] if kept[k] is not None else between, places[k], ahead)
        if state.site.has_backward:
            wants = [memory.by_between, memory.sums]
            wants += engine.backward_wants(state.site.trains, any(state.site.wants))
            by_between, sums, *work = carve(state.scratch[1].array, wants)
            for k, dx in enumerate(diffs_of(state, len(state.bottoms))):
                blobs = (state.bottoms[k].array, state.tops[k].array, state.top_diffs[k].array)
                dy = self._before(*blobs[1:], kept[k], places[k], by_between)
                self._back(blobs[0], dy, dx, sums, work, add=k > 0)

    def _ahead(self, x: Array, y: Array, between: Array | None, places: Array | None, work: list[Array | None]) -> None:
        given = (x, self.params["filter"], self.params.get("bias"))
        target = y if between is None else between
        self.forwards += self.products.forward(self, *given, target, self.chain.numbers, work)
        if between is not None:
            self.forwards.append(self._poolings().forward(between, y, places))

    def _before(self, y: Array, dy: Array, kept: Array | None, places: Array | None, by_between: Array | None) -> Array:
        """The gradient by what the convolution gives; that of the top is spent."""
        if by_between is not None:
            self.backwards.append(self._poolings().backward(y, places, dy, by_between))
            y, dy = kept, by_between
        numbers = self.chain.numbers
        if numbers != NO_NEURON:
            self.backwards.append(self.map("neurons", "neuron_backward", dy.size, dy, y, dy, dy.size, *numbers))
        return dy

    def _back(
        self, x: Array, dy: Array, dx: Array | None, sums: Array | None, work: list[Array | None], add: bool
    ) -> None:
        if "filter" in self.diffs:
            self.backwards += self.products.by_filter(self, x, dy, self.diffs, work, add)
        if "bias" in self.diffs and not self.products.sums_bias:
            place = self.place
            gather = (None, sums, None, None, dy, *place.numbers)
            spread = (None, self.diffs["bias"], sums, place.channels, place.pieces, int(add))
            self.backwards.append(launched(self, "scale", "scale_backward", place, *gather))
            self.backwards.append(self.launch("scale", "add_pieces", blocks(place.channels, 32), 32, *spread))
        if dx is not None:
            self.backwards += self.products.by_image(self, dy, self.params["filter"], dx, work)

    def _poolings(self) -> Poolings:
        pool = self.chain.pool
        return Poolings(self, pool, Windows.of(pool, self.lie.outputs, False), self.chain.cut)


class DirectChain(EngineConvolution):
    """Without a library, for what `DirectConvolution` does not do in one go: poolings whose windows overlap."""

    @classmethod
    def engine(cls, backend: Any, geometry: Geometry) -> Engine | str:
        return why_not(backend, geometry) or Direct(backend.device, geometry)


class LibraryConvolution(EngineConvolution):
    """By cuBLAS, on the cells of all windows laid out as a matrix: for any shape, and any precision."""

    @classmethod
    def engine(cls, backend: Any, geometry: Geometry) -> Engine | str:
        return Im2col(geometry, backend.math)


def _channels(backend: Any, lie: Geometry) -> Channels:
    return Channels.of(lie.outputs, 1, 2, backend.device.multiprocessors)
