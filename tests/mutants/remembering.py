"""Kernels with planted bugs that show only when numbers change, or are not the usual ones."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mocha_core.generic import GenericKernel
from mocha_core.kernel import Accept, Decline, Site


class PacksWeightsOnce(GenericKernel):
    """Keeps the weights that its first forward saw."""

    packed: Any = None

    def forward(self) -> None:
        weight = self.state.params["weight"].array
        if self.packed is None:
            self.packed = weight.copy()
        given, weight[...] = weight.copy(), self.packed
        super().forward()
        weight[...] = given


class ComputesOnce(GenericKernel):
    """Keeps the tops of its first forward."""

    kept: Any = None

    def forward(self) -> None:
        if self.kept is None:
            super().forward()
            self.kept = [top.array.copy() for top in self.state.tops]
        for top, values in zip(self.state.tops, self.kept, strict=True):
            top.array[...] = values


class KeepsFirstInput(GenericKernel):
    """Its gradients are those for the bottoms of its first forward."""

    first: Any = None

    def forward(self) -> None:
        super().forward()
        if self.first is None:
            self.first = self.state.bottoms[0].array.copy()

    def backward(self) -> None:
        bottom = self.state.bottoms[0].array
        given, bottom[...] = bottom.copy(), self.first
        super().backward()
        bottom[...] = given


class SharesByShape(GenericKernel):
    """All kernels for bottoms of a shape keep them in one place."""

    kept: ClassVar[dict[Any, Any]] = {}

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept(saves=frozenset(), overlays=())

    def forward(self) -> None:
        bottom = self.state.bottoms[0].array
        self.kept[bottom.shape, bottom.dtype] = bottom.copy()
        super().forward()

    def backward(self) -> None:
        bottom = self.state.bottoms[0].array
        bottom[...] = self.kept[bottom.shape, bottom.dtype]
        super().backward()


class SlopeOneAtZero(GenericKernel):
    """A ReLU whose gradient at 0 is another than the layer's."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept(saves=frozenset({"xs"}), overlays=())

    def backward(self) -> None:
        x, dy, diff = self.state.bottoms[0].array, self.state.top_diffs[0].array, self.state.bottom_diffs[0]
        if diff is not None:
            np.multiply(dy, x >= 0, out=diff.array)


class LastOfEqual(GenericKernel):
    """Among equal numbers it takes the last one, where the layer takes the first."""

    def forward(self) -> None:
        x = self.state.bottoms[0].array
        self.state.tops[0].array[...] = x.shape[1] - 1 - np.argmax(x[:, ::-1], axis=1, keepdims=True)


class OverflowsInExp(GenericKernel):
    """A softmax that does not subtract the maximum."""

    def forward(self) -> None:
        x, y = self.state.bottoms[0].array, self.state.tops[0].array
        y[...] = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
