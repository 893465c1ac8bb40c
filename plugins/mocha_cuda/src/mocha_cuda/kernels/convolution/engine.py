"""What a convolution by a library is made of: the three products, for one geometry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from mocha_core.blob import Array

from ..base import Call, CudaKernel
from ..neuron import Numbers
from ..scratch import Want
from .geometry import Geometry

Work = list[Array | None]
Diffs = Mapping[str, Array]


class Engine(ABC):
    """The products of a convolution, and memory for them. `work` is what was asked for, in the order of asking.

    sums_bias: whether `by_filter` gives the gradient of the bias, too.
    """

    sums_bias: ClassVar[bool] = False

    def __init__(self, geometry: Geometry) -> None:
        self.geometry = geometry

    @abstractmethod
    def forward_wants(self) -> list[Want]:
        """Memory for `forward`."""

    @abstractmethod
    def backward_wants(self, filters: bool, images: bool) -> list[Want]:
        """Memory for `by_filter` and `by_image`, which are not called at the same time."""

    @abstractmethod
    def forward(
        self, kernel: CudaKernel, x: Array, weight: Array, bias: Array | None, y: Array, numbers: Numbers, work: Work
    ) -> list[Call]:
        """y = f(filters on x + bias), with the neuron of these numbers."""

    @abstractmethod
    def by_filter(self, kernel: CudaKernel, x: Array, dy: Array, diffs: Diffs, work: Work, add: bool) -> list[Call]:
        """diffs["filter"] = the gradient by the filters, or that much more; with `sums_bias` diffs["bias"] likewise."""

    @abstractmethod
    def by_image(self, kernel: CudaKernel, dy: Array, weight: Array, dx: Array, work: Work) -> list[Call]:
        """dx = the gradient by the images."""
