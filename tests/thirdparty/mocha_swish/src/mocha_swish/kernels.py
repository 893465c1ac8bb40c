"""A fast kernel for the NumPy backend, and the hook that offers it."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core import Accept, Binding, Decline, Kernel, LayerState, Scratch, Site, hookimpl

from .swish import Swish


class SwishKernel(Kernel):
    """Keeps s(beta x) from forward to backward, and allocates nothing in either.

    Its backward reads y and s, never x; it computes in dx while dy is still needed, so blobs must not overlap.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        gates = tuple(Scratch(bottom) for bottom in site.bottoms)
        return Accept(scratch=gates, saves=frozenset({"ys"}), overlays=())

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.beta = float(state.layer.beta)
        self.xs = [blob.array for blob in state.bottoms]
        self.ys = [blob.array for blob in state.tops]
        self.gates = [blob.array for blob in state.scratch]
        self.dys = [blob.array for blob in state.top_diffs]
        self.dxs = [blob.array if blob is not None else None for blob in state.bottom_diffs]

    def forward(self) -> None:
        for x, y, s in zip(self.xs, self.ys, self.gates, strict=True):
            np.multiply(x, 0.5 * self.beta, out=s)
            np.tanh(s, out=s)
            s *= 0.5
            s += 0.5
            np.multiply(x, s, out=y)

    def backward(self) -> None:
        for y, s, dy, dx in zip(self.ys, self.gates, self.dys, self.dxs, strict=True):
            if dx is not None:
                np.subtract(1.0, s, out=dx)
                dx *= y
                dx *= self.beta
                dx += s
                dx *= dy


@hookimpl
def mocha_kernels(backend: Any) -> list[Binding]:
    return [Binding(Swish, SwishKernel, rank=10)]


@hookimpl
def mocha_report(backend: Any) -> str:
    return "mocha-swish: fast kernel for Swish"
