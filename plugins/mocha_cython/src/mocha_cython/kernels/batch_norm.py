"""The kernel of `BatchNormLayer` on images with their channels last."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.plan import TRAIN
from mocha_cpu.kernels.batch_norm import Averages
from mocha_cpu.workspace import Want, carve, request

from .._batch_norm import BatchNorm as Compiled
from .._batch_norm import scratch
from .._chain import Link
from .chainable import Chainable


class BatchNorm(Chainable):
    """y = (x - mean) / sqrt(var + eps). Backward reads y, so y may lie on x."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        wrapper: Any = site.layer
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if why := not_channels(wrapper.member, site):
            return Decline(why)
        own = wrapper.member.uses_batch(site.phase)
        *pixels, channels = site.bottoms[0].shape
        size = scratch(backend.level, backend.threads, math.prod(pixels), channels) if own else 0
        wants = [Want((size,), site.dtype)]
        saves = frozenset({"ys"}) if own else frozenset[str]()
        step = [_factor(site)] if any(site.wants) else []
        scratches = request(site.dtype, forward=wants, backward=wants if step else (), step=step)
        return Accept(scratches, saves=saves, overlays=((0, 0),))

    @classmethod
    def chains(cls, backend: Any, site: Site) -> bool:
        wrapper: Any = site.layer
        return super().chains(backend, site) and not wrapper.member.uses_batch(site.phase)

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.state = state
        layer, x = state.layer.member, state.bottoms[0].array
        own = layer.uses_batch(state.site.phase)
        ahead, back, kept = (blob.array for blob in state.scratch)
        params = {name: blob.array for name, blob in state.params.items()}
        self.moments = [np.empty_like(params[name]) if own else params[name] for name in ("mean", "var")]
        dx = state.bottom_diffs[0] if state.bottom_diffs else None
        diffs = () if dx is None else (state.top_diffs[0].array, dx.array, back)
        # a chain finds the factor before its layers run, when their scratch may hold something else
        factor = carve(kept, [_factor(state.site)])[0] if kept.size else np.empty_like(self.moments[0])
        arrays = (x, state.tops[0].array, *self.moments, factor, ahead)
        self.norm = Compiled(backend.level, backend.threads, own, layer.eps, *arrays, *diffs)
        keeps = own and state.site.phase == TRAIN
        self.averages = Averages(params, layer.moving_average, x.size // x.shape[-1]) if keeps else None

    def forward(self) -> None:
        self.norm.forward()
        if self.averages is not None:
            self.averages.count_in(*self.moments)

    def prepare(self) -> None:
        self.norm.find_factor()

    def link(self) -> Link:
        return self.norm.link()

    def backward(self) -> None:
        self.norm.backward()


def _factor(site: Site) -> Want:
    """1 / sqrt(var + eps), which backward reads again."""
    return Want(site.bottoms[0].shape[-1:], site.dtype)


def not_channels(layer: Any, site: Site) -> str:
    """Why a layer with something for each place along axes from `axis` on is not one for channels; empty if it is."""
    dims = len(site.bottoms[0].shape)
    if dims != 4:
        return "images have other axes than height and width"
    return "" if layer.axis % dims == 1 else f"what it has lies along axis {layer.axis}, not along the channels"
