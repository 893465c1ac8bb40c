"""The kernels of `InnerProductLayer`, alone and with the neuron behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.passes import members_of

from .base import Call, CudaKernel, array_of, blocks, diffs_of
from .channels import Channels, launched
from .neuron import NO_NEURON, Numbers, is_behind, numbers_of
from .scratch import carve, request
from .tiles import MOST_ROWS, tile_for

MOST = 1 << 27
"""Products up to which the kernels of this package are taken: of more, the library's product makes better use."""


@dataclass(frozen=True, slots=True)
class Product:
    """One bottom with its top, as matrices (rows, features) and (rows, outputs); gradients are None if not wanted."""

    x: Array
    y: Array
    dy: Array | None
    dx: Array | None

    @property
    def sizes(self) -> tuple[int, int, int]:
        """rows, features, outputs."""
        return self.x.shape[0], self.x.shape[1], self.y.shape[1]


class Products(CudaKernel):
    """What both kernels read of the layer."""

    def products(self, state: LayerState) -> Iterator[Product]:
        """Every bottom with its top."""
        outputs = state.tops[0].shape[-1]
        for k, (x, y, dx) in enumerate(
            zip(state.bottoms, state.tops, diffs_of(state, len(state.bottoms)), strict=True)
        ):
            rows = y.spec.size // outputs
            dy = state.top_diffs[k].array.reshape(rows, outputs) if state.top_diffs else None
            shaped = None if dx is None else dx.reshape(rows, -1)
            yield Product(x.array.reshape(rows, -1), y.array.reshape(rows, outputs), dy, shaped)


class InnerProduct(Products):
    """y = f(x W' + b), one launch; dW and db, and dx, one launch each, with the slope applied as dy is read."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        product: Any = site.layer.lead
        followers = members_of(site.layer)[1:]
        if not knows(followers):
            return Decline(f"does not know what follows: {followers}")
        if product.transposed:
            return Decline("the weight is stored transposed")
        if backend.math != "float32":
            return Decline(f"computes in float32, not {backend.math}")
        if (count := _count(site)) > MOST:
            return Decline(f"{count} products are many; a library is faster")
        if max(top.size // product.output_dim for top in site.plan.tops) > MOST_ROWS:
            return Decline(f"there are more than {MOST_ROWS} rows")
        answer = super().accepts(backend, site)
        saves = frozenset(({"xs"} if site.trains else set()) | ({"ys"} if followers else set()))
        return answer if isinstance(answer, Decline) else Accept(saves=saves)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        numbers = neuron_of(state)
        weight, bias = state.params["weight"].array, array_of(state.params.get("bias"))
        dweight, dbias = (array_of(state.param_diffs.get(name)) for name in ("weight", "bias"))
        for k, each in enumerate(self.products(state)):
            rows, features, outputs = each.sizes
            arrays = (each.y, each.x, weight, bias)
            self.forwards.append(self._tiled("inner_product", rows, outputs, *arrays, *each.sizes, *numbers))
            slope = (each.dy, each.y if numbers != NO_NEURON else None)
            if dweight is not None:
                sums = (dweight, dbias, each.x, *slope, *each.sizes, int(k > 0), *numbers)
                self.backwards.append(self._tiled("by_weight", outputs, features + (dbias is not None), *sums))
            if each.dx is not None:
                back = (each.dx, weight, *slope, *each.sizes, *numbers)
                self.backwards.append(self._tiled("by_bottom", rows, features, *back))

    def _tiled(self, name: str, rows: int, columns: int, *arguments: Any) -> Call:
        tile = tile_for(rows, columns, self.device.multiprocessors)
        grid = tile.grid(rows, columns)
        return self.launch("inner_product", name, grid, tile.threads, *arguments, **tile.defines)


class LibraryInnerProduct(Products):
    """The same by the library's matrix product, for large ones and other precisions; bias and neuron in one pass."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        followers = members_of(site.layer)[1:]
        if not knows(followers):
            return Decline(f"does not know what follows: {followers}")
        answer = super().accepts(backend, site)
        if isinstance(answer, Decline):
            return answer
        parts = [place.parts for place in _places(backend, site)] if site.trains else []
        saves = frozenset(({"xs"} if site.trains else set()) | ({"ys"} if followers else set()))
        return Accept(request(backward=parts), saves=saves)

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        numbers, layer = neuron_of(state), state.layer.lead
        self.matmul = partial(self.device.matmul, math=backend.math)
        weight, bias = state.params["weight"].array, array_of(state.params.get("bias"))
        places = _places(backend, state.site)
        parts = carve(state.scratch[1].array, [p.parts for p in places]) if state.site.trains else []
        for k, each in enumerate(self.products(state)):
            self._ahead(each, weight, bias, layer.transposed, numbers)
            if each.dy is not None and state.site.has_backward:
                if numbers != NO_NEURON:
                    arrays = (each.dy, each.y, each.dy, each.dy.size)
                    self.backwards.append(self.map("neurons", "neuron_backward", each.dy.size, *arrays, *numbers))
                self._by_params(state, each, layer.transposed, k > 0)
                self._by_bias(state, each, places[k], parts[k] if parts else None, k > 0)
            if each.dx is not None:
                back = partial(self.matmul, each.dy, weight, each.dx, transpose_b=layer.transposed)
                self.backwards.append(back)

    def _ahead(self, each: Product, weight: Array, bias: Array | None, transposed: bool, numbers: Numbers) -> None:
        self.forwards.append(partial(self.matmul, each.x, weight, each.y, transpose_b=not transposed))
        size, outputs = each.y.size, each.y.shape[1]
        if bias is not None:
            arrays = (each.y, each.y, bias, size, outputs, 1)
            self.forwards.append(self.map("neurons", "bias_forward", size, *arrays, *numbers))
        elif numbers != NO_NEURON:
            self.forwards.append(self.map("neurons", "neuron_forward", size, each.y, each.y, size, *numbers))

    def _by_params(self, state: LayerState, each: Product, transposed: bool, add: bool) -> None:
        dweight = array_of(state.param_diffs.get("weight"))
        if dweight is not None:
            first, second = (each.x, each.dy) if transposed else (each.dy, each.x)
            self.backwards.append(partial(self.matmul, first, second, dweight, transpose_a=True, add=add))

    def _by_bias(self, state: LayerState, each: Product, place: Channels, parts: Array | None, add: bool) -> None:
        dbias = array_of(state.param_diffs.get("bias"))
        if dbias is not None:
            gather = (None, parts, None, None, each.dy, *place.numbers)
            self.backwards.append(launched(self, "scale", "scale_backward", place, *gather))
            spread = (None, dbias, parts, place.channels, place.pieces, int(add))
            self.backwards.append(self.launch("scale", "add_pieces", blocks(place.channels, 32), 32, *spread))


def knows(followers: tuple[Any, ...]) -> bool:
    """Whether these layers behind an inner product are part of its kernel: at most one neuron."""
    return not followers or (len(followers) == 1 and is_behind(followers[0]))


def neuron_of(state: LayerState) -> Numbers:
    """The numbers of the neuron behind the layer."""
    followers = members_of(state.layer)[1:]
    return numbers_of(followers[0].neuron) if followers else NO_NEURON  # type: ignore[attr-defined]


def _count(site: Site) -> int:
    layer: Any = site.layer.lead
    return max(bottom.size for bottom in site.bottoms) * int(layer.output_dim)


def _places(backend: Any, site: Site) -> list[Channels]:
    """The rows of every top."""
    multiprocessors = backend.device.multiprocessors
    shapes = ((math.prod(top.shape[:-1]), top.shape[-1]) for top in site.plan.tops)
    return [Channels.of(shape, 1, 2, multiprocessors) for shape in shapes]
