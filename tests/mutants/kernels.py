"""Kernels with planted bugs, each for a layer for which the generic kernel is right, and a backend to put them on."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from mocha_core.backend import Backend
from mocha_core.choosing import Registry
from mocha_core.generic import GenericKernel
from mocha_core.kernel import Accept, Binding, Decline, LayerState, Scratch, Site
from mocha_core.layer import Layer
from mocha_core.testing import ReferenceBackend


class MutantBackend(ReferenceBackend):
    name: ClassVar[str] = "mutant"


def backend_with(layer: type[Layer], kernel: type[GenericKernel]) -> Backend:
    """A backend whose only kernel is this one."""
    backend = MutantBackend()
    backend.registry = Registry(tiers=((Binding(layer, kernel),),))
    return backend


class RightKernel(GenericKernel):
    """Without a bug: must pass every check."""


class AlwaysDeclines(GenericKernel):
    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Decline("not today")


class LeavesLastElement(GenericKernel):
    def forward(self) -> None:
        top = self.state.tops[0].array
        before = top[-1, -1].copy()
        super().forward()
        top[-1, -1] = before


class LeavesLastGradient(GenericKernel):
    def backward(self) -> None:
        diff = self.state.bottom_diffs[0]
        before = None if diff is None else diff.array[-1, -1].copy()
        super().backward()
        if diff is not None:
            diff.array[-1, -1] = before


class AddsToGradients(GenericKernel):
    def backward(self) -> None:
        before = {name: diff.array.copy() for name, diff in self.state.param_diffs.items()}
        super().backward()
        for name, diff in self.state.param_diffs.items():
            diff.array[...] += before[name]


class AddsToGradientsAfterZeroing(GenericKernel):
    """Zeroes its gradients when it is built, and never again."""

    def __init__(self, backend: Any, state: LayerState) -> None:
        super().__init__(backend, state)
        self.sums = {name: np.zeros(diff.shape, diff.dtype) for name, diff in state.param_diffs.items()}

    def backward(self) -> None:
        super().backward()
        for name, diff in self.state.param_diffs.items():
            self.sums[name] += diff.array
            diff.array[...] = self.sums[name]


class HalfPrecision(GenericKernel):
    """Sums in float16."""

    def forward(self) -> None:
        super().forward()
        self.state.tops[0].array[...] = self.state.tops[0].array.astype(np.float16)


class SinglePrecision(GenericKernel):
    """Computes float64 in float32."""

    def forward(self) -> None:
        super().forward()
        self.state.tops[0].array[...] = self.state.tops[0].array.astype(np.float32)


class DriftsInLongSums(GenericKernel):
    """An error that grows with the number of terms, not with its square root."""

    def forward(self) -> None:
        super().forward()
        top, bottom = self.state.tops[0].array, self.state.bottoms[0].array
        top *= 1 + 16 * bottom.size * np.finfo(top.dtype).eps


class WindowOffByOne(GenericKernel):
    """Every window of a pooling one cell too far to the right."""

    def forward(self) -> None:
        bottom, given = self.state.bottoms[0].array, self.state.bottoms[0].array.copy()
        bottom[...] = np.roll(given, -1, axis=-1)
        super().forward()
        bottom[...] = given


class OwnRandomNumbers(GenericKernel):
    """Masks from a generator of its own, as the old GPU dropout did."""

    def forward(self) -> None:
        for draw in self.state.draws:
            draw.array[...] = np.random.default_rng(3085).uniform(size=draw.shape)
        super().forward()


class KeepsItsOwnCopy(GenericKernel):
    """Backward reads what this very kernel put aside in forward."""

    def forward(self) -> None:
        super().forward()
        self.aside = self.state.bottoms[0].array.copy()

    def backward(self) -> None:
        self.state.bottoms[0].array[...] = getattr(self, "aside", np.nan)
        super().backward()


class WritesBottom(GenericKernel):
    def backward(self) -> None:
        super().backward()
        self.state.bottoms[0].array[...] *= 2


class WritesParameter(GenericKernel):
    def forward(self) -> None:
        super().forward()
        self.state.params["weight"].array[...] *= 2


class WritesTopInBackward(GenericKernel):
    def backward(self) -> None:
        super().backward()
        self.state.tops[0].array[...] = 0


class WritesUnwantedGradients(GenericKernel):
    def backward(self) -> None:
        super().backward()
        self.state.bottom_diffs[0].array[...] += 0  # type: ignore[union-attr]


class NeedsTrainableWeight(GenericKernel):
    def backward(self) -> None:
        super().backward()
        self.state.param_diffs["weight"].array[...] += 0


class UnsafeOverlay(GenericKernel):
    """Says that the top may lie on the bottom, writes the top, then reads the bottom again."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept(overlays=((0, 0),))

    def forward(self) -> None:
        x, y = self.state.bottoms[0].array, self.state.tops[0].array
        np.exp(x - x.max(axis=1, keepdims=True), out=y)
        y /= np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)


class UnsafeGradientOverlay(GenericKernel):
    """Forward bears shared memory, backward does not."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept(overlays=((0, 0),))

    def backward(self) -> None:
        y, dy, diff = self.state.tops[0].array, self.state.top_diffs[0].array, self.state.bottom_diffs[0]
        if diff is not None:
            np.multiply(dy, y, out=diff.array)
            diff.array[...] -= (dy * y).sum(axis=1, keepdims=True) * y


class DishonestKernel(GenericKernel):
    """Its `saves` leaves out what its backward reads."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept(saves=frozenset())


class KeepsPassingScratch(GenericKernel):
    """Reads in backward what it asked memory for in forward only."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept(scratch=(Scratch(site.bottoms[0], "forward"),), saves=frozenset())

    def forward(self) -> None:
        self.state.scratch[0].array[...] = self.state.bottoms[0].array
        super().forward()

    def backward(self) -> None:
        self.state.bottoms[0].array[...] = self.state.scratch[0].array
        super().backward()


class GrowsOld(GenericKernel):
    """Its results depend on how often it ran."""

    calls = 0

    def forward(self) -> None:
        self.calls += 1
        super().forward()
        self.state.tops[0].array[...] *= self.calls


class ReadsClock(GenericKernel):
    def forward(self) -> None:
        super().forward()
        self.state.tops[0].array[...] += np.random.default_rng().uniform()


class RaisesOnOneGradient(GenericKernel):
    """Assumes that gradients of all bottoms are wanted."""

    def backward(self) -> None:
        if any(diff is None for diff in self.state.bottom_diffs):
            raise IndexError("no such gradient")
        super().backward()
