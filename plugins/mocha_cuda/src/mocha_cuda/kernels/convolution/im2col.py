"""The products of a convolution by the library's matrix product, on the cells of all windows laid out as a matrix."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mocha_core.blob import Array

from ...device.device import Math
from ..base import Call, CudaKernel
from ..neuron import Numbers
from ..scratch import Want
from .engine import Diffs, Engine, Work
from .geometry import Geometry

LIMIT = 1 << 28
"""Bytes of cells that are laid out at once, unless one image has more."""


class Chunk:
    """Some images, their cells (channels x kernel, images x places) and products (filters, images x places)."""

    def __init__(self, geometry: Geometry, start: int, num: int, work: Work) -> None:
        self.geometry, self.num, self.part = geometry, num, slice(start, start + num)
        rows, places = geometry.channels * geometry.cells, num * geometry.places
        cells, products = work
        assert cells is not None
        assert products is not None
        self.cells = cells.reshape(-1)[: rows * places].reshape(rows, places)
        self.products = products.reshape(-1)[: geometry.filters * places].reshape(geometry.filters, places)

    def lay(self, kernel: CudaKernel, x: Array) -> Call:
        """Lays the cells out."""
        arrays = (self.cells, x[self.part], self.cells.size, self.num, *self.geometry.lie)
        return kernel.each("im2col", "im2col", self.cells.size, *arrays)

    def fold(self, kernel: CudaKernel, dx: Array) -> Call:
        """Sums the cells up where they came from."""
        target = dx[self.part]
        arrays = (target, self.cells, target.size, self.num, *self.geometry.lie)
        return kernel.each("im2col", "col2im", target.size, *arrays)

    def gather(self, kernel: CudaKernel, dy: Array) -> Call:
        """Puts the images' gradients into the order of the products."""
        size, lie = self.products.size, self.geometry
        arrays = (self.products, dy[self.part], size, self.num, lie.filters, lie.places)
        return kernel.each("im2col", "gather", size, *arrays)

    def spread(self, kernel: CudaKernel, y: Array, bias: Array | None, numbers: Numbers) -> Call:
        """Puts the products into the order of the images, with bias and neuron."""
        target, lie = y[self.part], self.geometry
        arrays = (target, self.products, bias, target.size, self.num, lie.filters, lie.places)
        return kernel.each("im2col", "spread", target.size, *arrays, *numbers)

    def groups(self, weight: Array) -> Iterator[tuple[Array, Array, Array]]:
        """For each group its filters, as a matrix, its cells and its products."""
        lie = self.geometry
        filters = lie.filters // lie.groups
        flat = weight.reshape(lie.filters, lie.depth)
        for group in range(lie.groups):
            mine, seen = (slice(group * size, (group + 1) * size) for size in (filters, lie.depth))
            yield flat[mine], self.cells[seen], self.products[mine]


class Im2col(Engine):
    """Images are worked on a chunk at a time, each chunk as one product for each group of filters."""

    def __init__(self, geometry: Geometry, math: Math) -> None:
        super().__init__(geometry)
        self.math: Math = math
        one = 4 * geometry.channels * geometry.cells * geometry.places
        self.chunk = max(1, min(geometry.num, LIMIT // one))

    def forward_wants(self) -> list[Want]:
        lie = self.geometry
        places = self.chunk * lie.places
        return [Want((lie.channels * lie.cells, places)), Want((lie.filters, places))]

    def backward_wants(self, filters: bool, images: bool) -> list[Want]:
        return self.forward_wants() if filters or images else []

    def forward(
        self, kernel: CudaKernel, x: Array, weight: Array, bias: Array | None, y: Array, numbers: Numbers, work: Work
    ) -> list[Call]:
        calls = []
        for chunk in self._chunks(work):
            calls.append(chunk.lay(kernel, x))
            calls += [self._product(kernel, mine, cells, out) for mine, cells, out in chunk.groups(weight)]
            calls.append(chunk.spread(kernel, y, bias, numbers))
        return calls

    def by_filter(self, kernel: CudaKernel, x: Array, dy: Array, diffs: Diffs, work: Work, add: bool) -> list[Call]:
        calls = []
        for k, chunk in enumerate(self._chunks(work)):
            calls += [chunk.lay(kernel, x), chunk.gather(kernel, dy)]
            for mine, cells, products in chunk.groups(diffs["filter"]):
                calls.append(self._product(kernel, products, cells, mine, transpose_b=True, add=add or k > 0))
        return calls

    def by_image(self, kernel: CudaKernel, dy: Array, weight: Array, dx: Array, work: Work) -> list[Call]:
        calls = []
        for chunk in self._chunks(work):
            calls.append(chunk.gather(kernel, dy))
            for mine, cells, products in chunk.groups(weight):
                calls.append(self._product(kernel, mine, products, cells, transpose_a=True))
            calls.append(chunk.fold(kernel, dx))
        return calls

    def _product(self, kernel: CudaKernel, a: Array, b: Array, out: Array, **options: bool) -> Call:
        return partial(kernel.device.matmul, a, b, out, math=self.math, **options)

    def _chunks(self, work: Work) -> Iterator[Chunk]:
        for start in range(0, self.geometry.num, self.chunk):
            yield Chunk(self.geometry, start, min(self.chunk, self.geometry.num - start), work)
