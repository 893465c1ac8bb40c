"""A convolution by cuDNN: descriptors made and algorithms chosen once, for all layers of one geometry."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from mocha_core.blob import Array

from ..addresses import address
from ..device.device import Math
from .descriptors import Descriptor, convolution, filters, tensor
from .library import Cudnn
from .search import ASKED, Algorithm, Direction, search

if TYPE_CHECKING:
    from ..kernels.convolution.geometry import Geometry

DIRECTIONS: tuple[Direction, ...] = ("Forward", "BackwardData", "BackwardFilter")


class Convolution:
    """Forward and both backward directions. Each is a call that only puts work on the current stream.

    algorithms: by direction; None where the library has none that may be taken.
    """

    def __init__(self, dnn: Cudnn, geometry: Geometry, math: Math) -> None:
        self.dnn, self.geometry = dnn, geometry
        self.images = tensor(dnn, (geometry.num, geometry.channels, geometry.height, geometry.width))
        self.results = tensor(dnn, geometry.outputs)
        self.filters = filters(dnn, (geometry.filters, geometry.channels // geometry.groups, *geometry.kernel))
        self.links = {way: convolution(dnn, geometry, ASKED[math]) for way in DIRECTIONS}
        self.algorithms = {way: self._search(way, math) for way in DIRECTIONS} if self._agrees() else dict[Any, Any]()
        self._one, self._zero = ctypes.c_float(1), ctypes.c_float(0)

    def memory(self, direction: Direction) -> int:
        """Bytes that a direction needs to work in; 0 if it has no algorithm."""
        algorithm = self.algorithms.get(direction)
        return 0 if algorithm is None else algorithm.memory

    def forward(self, x: Array, weight: Array, y: Array, work: Array | None) -> None:
        """y = the filters on x."""
        self._run("Forward", (self.images, x), (self.filters, weight), (self.results, y), work)

    def backward_data(self, weight: Array, dy: Array, dx: Array, work: Array | None) -> None:
        """dx = the gradient by the images."""
        self._run("BackwardData", (self.filters, weight), (self.results, dy), (self.images, dx), work)

    def backward_filter(self, x: Array, dy: Array, dw: Array, work: Array | None, *, add: bool = False) -> None:
        """dw = the gradient by the filters, or that much more."""
        self._run("BackwardFilter", (self.images, x), (self.results, dy), (self.filters, dw), work, add)

    def close(self) -> None:
        """Destroy the descriptors."""
        for each in (self.images, self.results, self.filters, *self.links.values()):
            each.close()

    def _agrees(self) -> bool:
        """Whether the library finds results of the same shape."""
        found = [ctypes.c_int() for _ in range(4)]
        pointers = (self.links["Forward"].pointer, self.images.pointer, self.filters.pointer)
        self.dnn.check("cudnnGetConvolution2dForwardOutputDim", *pointers, *map(ctypes.byref, found))
        return tuple(each.value for each in found) == self.geometry.outputs

    def _search(self, direction: Direction, math: Math) -> Algorithm | None:
        x, w, y, link = self.images, self.filters, self.results, self.links[direction]
        operands = {"Forward": (x, w, link, y), "BackwardData": (w, y, link, x), "BackwardFilter": (x, y, link, w)}
        found = search(self.dnn, direction, operands[direction], math)
        if found is not None:
            link.set("ConvolutionMathType", found.math)
        return found

    def _run(
        self,
        direction: Direction,
        first: tuple[Descriptor, Array],
        second: tuple[Descriptor, Array],
        result: tuple[Descriptor, Array],
        work: Array | None,
        add: bool = False,
    ) -> None:
        algorithm = self.algorithms[direction]
        assert algorithm is not None  # what has none was declined
        operands = [part for descriptor, array in (first, second) for part in (descriptor.pointer, address(array))]
        room = (0 if work is None else address(work), algorithm.memory)
        self.dnn.call(
            f"cudnnConvolution{direction}",
            *(*self._factor(True), *operands, self.links[direction].pointer, algorithm.number, *room),
            *(*self._factor(add), result[0].pointer, address(result[1])),
        )

    def _factor(self, one: bool) -> tuple[Any]:
        return (ctypes.byref(self._one if one else self._zero),)
