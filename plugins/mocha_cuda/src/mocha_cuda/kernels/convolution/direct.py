"""The products of a convolution without a library: gathered while they are multiplied."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array

from ...device.device import Device
from ..base import Call, CudaKernel, blocks
from ..neuron import NO_NEURON, Numbers
from ..scratch import NOTHING, Want
from ..tiles import Tile, tile_for
from .engine import Diffs, Engine, Work
from .geometry import Geometry, Table

NO_POOL: tuple[int, ...] = (0, 0, 0, 0, 0, 0)

LEAST, MOST = 256, 64
"""Outputs that a piece of the gradient by the filters sums at least, and how many pieces there are at most."""

LIMIT = 1 << 36
"""Operations beyond which a library makes better use of the device."""

Behind = tuple[Any, ...]
"""How the gradient by what the convolution gives is read: `Behind` of `sources/convolution.cuh`."""


class Direct(Engine):
    """One launch forward, one for the gradient by images, two for those by filters and bias."""

    sums_bias: ClassVar[bool] = True

    def __init__(self, device: Device, geometry: Geometry) -> None:
        super().__init__(geometry)
        self.device = device
        self.tables: dict[str, Array] = {}

    def forward_wants(self) -> list[Want]:
        return []

    def backward_wants(self, filters: bool, images: bool) -> list[Want]:
        """Of each piece of the outputs the gradients of filters and bias."""
        if not filters:
            return [NOTHING]
        lie = self.geometry
        _, pieces = self._by_filter_tile()
        return [Want((pieces, lie.filters, lie.depth + 1))]

    def forward(
        self, kernel: CudaKernel, x: Array, weight: Array, bias: Array | None, y: Array, numbers: Numbers, work: Work
    ) -> list[Call]:
        lie = self.geometry
        arrays = (y, x, weight, bias, self._cells(), *lie.numbers, *numbers)
        return [self._tiled(kernel, "convolution", lie.num * lie.places, *arrays)]

    def pooled(
        self, kernel: CudaKernel, x: Array, params: Diffs, y: Array, codes: Array | None, pool: tuple[int, ...],
        ends: tuple[int, int, float],
    ) -> Call:  # fmt: skip
        """The launch that pools what it computes. ends: whether a ReLU is in front and behind, and its floor."""
        lie = self.geometry
        arrays = (y, codes, x, params["filter"], params.get("bias"), self._cells(), *lie.numbers, *pool, *ends)
        return self._tiled(kernel, "convolution_pooling", 4 * lie.num * pool[2] * pool[3], *arrays)

    def by_filter(self, kernel: CudaKernel, x: Array, dy: Array, diffs: Diffs, work: Work, add: bool) -> list[Call]:
        return self.by_filter_behind(kernel, x, plain_behind(dy), diffs, work[0], add)

    def by_image(self, kernel: CudaKernel, dy: Array, weight: Array, dx: Array, work: Work) -> list[Call]:
        return [self.by_image_behind(kernel, plain_behind(dy), weight, dx)]

    def by_filter_behind(
        self, kernel: CudaKernel, x: Array, behind: Behind, diffs: Diffs, parts: Array | None, add: bool
    ) -> list[Call]:
        """The launches for the gradients by filters and bias, `add`ed to what is there or not."""
        assert parts is not None
        lie, pieces = self.geometry, parts.shape[0]
        rows, columns = lie.filters // lie.groups, lie.depth + 1
        tile, _ = self._by_filter_tile()
        arrays = (parts, x, self._cells(), *lie.numbers, *behind, pieces)
        grid = tile.grid(rows, columns, lie.groups * pieces)
        sums = kernel.launch("convolution_backward", "by_filter", grid, tile.threads, *arrays, **tile.defines)
        given = (diffs["filter"], diffs.get("bias"), parts, lie.filters, lie.depth, pieces, int(add))
        return [sums, kernel.each("convolution_backward", "sum_parts", lie.filters * columns, *given)]

    def by_image_behind(self, kernel: CudaKernel, behind: Behind, weight: Array, dx: Array) -> Call:
        """The launch for the gradient by the images."""
        lie = self.geometry
        rows, columns = lie.channels // lie.groups, lie.num * lie.height * lie.width
        tile = self._tile(rows, columns)
        arrays = (dx, weight, self._held("filters", lie.filter_table), *lie.numbers, *behind)
        grid = tile.grid(rows, columns, lie.groups)
        return kernel.launch("convolution_backward", "by_image", grid, tile.threads, *arrays, **tile.defines)

    def _tiled(self, kernel: CudaKernel, name: str, columns: int, *arguments: Any) -> Call:
        rows = self.geometry.filters // self.geometry.groups
        tile = self._tile(rows, columns)
        grid = tile.grid(rows, columns, self.geometry.groups)
        return kernel.launch("convolution", name, grid, tile.threads, *arguments, **tile.defines)

    def _tile(self, rows: int, columns: int, pieces: int = 1) -> Tile:
        return tile_for(rows, columns, self.device.multiprocessors, self.geometry.groups * pieces)

    def _by_filter_tile(self) -> tuple[Tile, int]:
        """Of the gradient by the filters: how it is cut, and into how many pieces the outputs that it sums are."""
        lie, multiprocessors = self.geometry, self.device.multiprocessors
        rows, columns, most = lie.filters // lie.groups, lie.depth + 1, min(MOST, blocks(lie.num * lie.places, LEAST))
        tile = self._tile(rows, columns, most)
        return tile, min(most, blocks(2 * multiprocessors, tile.count(rows, columns, lie.groups)))

    def _cells(self) -> Array:
        return self._held("cells", self.geometry.cell_table)

    def _held(self, name: str, make: Any) -> Array:
        """A table on the device, made once."""
        if name not in self.tables:
            table: Table = make()
            self.tables[name] = self.device.empty(table.shape, "int32")
            self.device.upload(self.tables[name], table)
        return self.tables[name]


def plain_behind(dy: Array) -> Behind:
    """Where nothing is behind the convolution."""
    return (dy, None, None, *NO_NEURON, *NO_POOL)


def why_not(backend: Any, geometry: Geometry, limit: int = LIMIT) -> str:
    """Why the products are better made otherwise; empty if they are not."""
    if backend.math != "float32":
        return f"computes in float32, not {backend.math}"
    if not geometry.is_counted:
        return "the images have more pixels than 31 bits count"
    return f"{geometry.flops} operations are many; a library is faster" if geometry.flops > limit else ""
