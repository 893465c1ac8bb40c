"""The kernel of `LRNLayer` on images with their channels last."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import BlobSpec
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.layers import LRNMode
from mocha_core.plan import TEST
from mocha_cpu.workspace import Want, request

from .._chain import Link
from .._lrn import Lrn, scratch
from .chainable import Chainable

LEAST = 1e-30
"""What the divisor is at least, so that no root or reciprocal leaves the range of float32."""


class LRN(Chainable):
    """y = x D^-p, with D = shift + rate S(x^2); dx = dy D^-p - 2 p rate x S'(x dy D^(-p-1)).

    Backward computes D again: cheaper than reading it from memory. In the test phase the kernel has scratch of its own.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        wrapper: Any = site.layer
        layer = wrapper.member
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if type(layer.mode) not in (LRNMode.AcrossChannel, LRNMode.WithinChannel):
            return Decline(f"does not know the mode {layer.mode}")
        if layer.axes() not in ((1,), (2, 3)):
            return Decline(f"neighbours lie along axis {layer.channel_axis}, not along the channels")
        if layer.scale < 0 or not layer.shift >= LEAST:
            return Decline(f"the divisor may not be positive, with shift {layer.shift} and scale {layer.scale}")
        ahead, back = (Want((_scratch(backend, site, way),), site.dtype) for way in (False, True))
        wanted = {"forward": [] if site.phase == TEST else [ahead], "backward": [back] if any(site.wants) else []}
        return Accept(request(site.dtype, **wanted))

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.state, layer = state, state.layer.member
        rate = layer.scale / layer.kernel ** len(layer.axes())
        ahead, back, _ = (blob.array for blob in state.scratch)
        if state.site.phase == TEST:
            ahead = backend.empty(BlobSpec((_scratch(backend, state.site),), state.site.dtype))
        dx = state.bottom_diffs[0] if state.bottom_diffs else None
        diffs = () if dx is None else (state.top_diffs[0].array, dx.array, back)
        options = (_across(layer), layer.kernel, rate, layer.shift, layer.power)
        blobs = (state.bottoms[0].array, state.tops[0].array, ahead)
        self.lrn = Lrn(backend.level, backend.threads, *options, *blobs, *diffs)

    def forward(self) -> None:
        self.lrn.forward()

    def link(self) -> Link:
        return self.lrn.link()

    def backward(self) -> None:
        self.lrn.backward()


def _scratch(backend: Any, site: Site, back: bool = False) -> int:
    """Floats that forward works in, or backward."""
    wrapper: Any = site.layer
    layer = wrapper.member
    return scratch(backend.level, backend.threads, site.bottoms[0].shape, layer.kernel, _across(layer), back)


def _across(layer: Any) -> bool:
    return type(layer.mode) is LRNMode.AcrossChannel
