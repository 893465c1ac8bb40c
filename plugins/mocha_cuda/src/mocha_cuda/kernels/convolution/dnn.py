"""The products of a convolution by cuDNN."""

from __future__ import annotations

from functools import partial
from typing import Any

from mocha_core.blob import Array

from ...cudnn.convolution import DIRECTIONS, Convolution
from ...cudnn.opening import opened
from ...cudnn.search import Direction
from ...errors import DeviceError
from ..base import Call, CudaKernel
from ..neuron import NO_NEURON, Numbers
from ..scratch import NOTHING, Want
from .engine import Diffs, Engine, Work
from .geometry import Geometry
from .kernel import EngineConvolution


class Dnn(Engine):
    """One call of the library in each direction, and a launch for bias and neuron."""

    def __init__(self, geometry: Geometry, convolution: Convolution) -> None:
        super().__init__(geometry)
        self.convolution = convolution

    def forward_wants(self) -> list[Want]:
        return [self._bytes("Forward")]

    def backward_wants(self, filters: bool, images: bool) -> list[Want]:
        wants = [self._bytes("BackwardFilter")] if filters else []
        wants += [self._bytes("BackwardData")] if images else []
        return [max(wants, key=lambda want: want.nbytes, default=NOTHING)]

    def forward(
        self, kernel: CudaKernel, x: Array, weight: Array, bias: Array | None, y: Array, numbers: Numbers, work: Work
    ) -> list[Call]:
        calls: list[Call] = [partial(self.convolution.forward, x, weight, y, work[0])]
        if bias is not None:
            sizes = (y.size, self.geometry.filters, self.geometry.places)
            calls.append(kernel.map("neurons", "bias_forward", y.size, y, y, bias, *sizes, *numbers))
        elif numbers != NO_NEURON:
            calls.append(kernel.map("neurons", "neuron_forward", y.size, y, y, y.size, *numbers))
        return calls

    def by_filter(self, kernel: CudaKernel, x: Array, dy: Array, diffs: Diffs, work: Work, add: bool) -> list[Call]:
        return [partial(self.convolution.backward_filter, x, dy, diffs["filter"], work[0], add=add)]

    def by_image(self, kernel: CudaKernel, dy: Array, weight: Array, dx: Array, work: Work) -> list[Call]:
        return [partial(self.convolution.backward_data, weight, dy, dx, work[0])]

    def _bytes(self, direction: Direction) -> Want:
        return Want((self.convolution.memory(direction),), "uint8")


class DnnConvolution(EngineConvolution):
    """By cuDNN, where it is installed and has algorithms that give the same bits each time."""

    @classmethod
    def engine(cls, backend: Any, geometry: Geometry) -> Engine | str:
        library = opened(backend.device)
        if isinstance(library, str):
            return library
        try:
            convolution = library.convolution(geometry, backend.math)
        except DeviceError as error:
            return str(error)
        lacking = [way for way in DIRECTIONS if convolution.algorithms.get(way) is None]
        return f"cuDNN has no algorithm {lacking[0]} for {geometry}" if lacking else Dnn(geometry, convolution)
