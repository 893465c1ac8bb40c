"""The kernel of `ConvolutionLayer` on images with their channels last, alone or with its ReLU and its pooling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mocha_core.blob import Array, Blob, BlobSpec
from mocha_core.kernel import Accept, Decline, LayerState, Site
from mocha_core.ops.sizes import along
from mocha_core.plan import TEST
from mocha_cpu.chunks import same_memory
from mocha_cpu.workspace import Want, carve, request

from .._chain import Link
from .._convolution import Convolution as Compiled
from .._convolution import Sizes
from ..machine import LANES
from ..parts import PartLayer
from ..tuning import NO_SETTINGS, Decision, Settings, Tunable
from .chainable import Chainable
from .convolution_chain import NOTHING, Chain

TILES = (4, 3, 2)
"""Widths of panels that are worth a try, in vectors; the widest is the rule."""


class Convolution(Tunable, Chainable):
    """y = filters on the windows of x + bias, then max(0, y) with a ReLU, then a pooling; see native/convolution.h.

    Backward reads the bottoms again if the filters are trained, and the tops if a ReLU or a mean with one gave them; of
    what lies in front of a pooling forward keeps bytes. In the test phase the
    kernel keeps its own memory for the packed filters, and packs them again when they were written.
    """

    @classmethod
    def decisions(cls, backend: Any, site: Site) -> Sequence[Decision]:
        return (
            Decision("forward", packings("panels", backend, site)),
            Decision("bottoms", ways(backend, site)),
            Decision("params", packings("sum_panels", backend, site)),
        )

    @classmethod
    def accepts(cls, backend: Any, site: Site, settings: Settings = NO_SETTINGS) -> Accept | Decline:
        chain = Chain.of(site.layer)
        if site.dtype != "float32":
            return Decline(f"computes in float32, not {site.dtype}")
        if len(site.bottoms[0].shape) != 4:
            return Decline("images have other axes than height and width")
        if chain is None:
            return Decline("is joined with something else than a ReLU and a pooling")
        sizes = sizes_of(backend, site, settings)
        back = [Want((sizes.backward_scratch,), site.dtype)] if site.has_backward else []
        saves = {"xs"} if site.trains else set()
        ahead = [] if site.phase == TEST else [Want((sizes.forward_scratch,), site.dtype)]
        return Accept(
            request(site.dtype, forward=ahead, backward=back, step=kept(site)),
            saves=frozenset(saves | {"ys"} if chain.reads_tops else saves),
        )

    @classmethod
    def chains(cls, backend: Any, site: Site) -> bool:
        wrapper: Any = site.layer
        return super().chains(backend, site) and not isinstance(wrapper.member, PartLayer)

    def __init__(self, backend: Any, state: LayerState, settings: Settings = NO_SETTINGS) -> None:
        self.state = state
        forward, backward, step = (blob.array for blob in state.scratch)
        sizes, has_backward = sizes_of(backend, state.site, settings), state.site.has_backward
        self.packed = Unchanged(state.params.values()) if state.site.phase == TEST else None
        if self.packed:
            forward = backend.empty(BlobSpec((sizes.forward_scratch,), state.site.dtype))
        params = {name: blob.array for name, blob in state.params.items()}
        grads = {name: blob.array for name, blob in state.param_diffs.items()}
        memory = iter(carve(step, kept(state.site)))
        self.convolutions: list[Compiled] = []
        self.before, start = written_before(state)
        for k, (x, y) in enumerate(zip(state.bottoms[: len(state.tops)], state.tops, strict=True)):
            dx = state.bottom_diffs[k] if state.bottom_diffs else None
            ahead = (x.array, params["filter"], params.get("bias"), y.array.reshape(-1)[start:], forward)
            back = (
                state.top_diffs[k].array if has_backward else None,
                None if dx is None else dx.array,
                grads.get("filter"),
                grads.get("bias"),
                backward if has_backward else None,
            )
            places, passed = (array if array.size else None for array in (next(memory), next(memory)))
            self.convolutions.append(Compiled(sizes, *ahead, *back, add=k > 0, places=places, passed=passed))

    def forward(self) -> None:
        for before, wide in self.before:
            np.copyto(wide, before)
        packed = self.packed is not None and self.packed.since_last()
        for convolution in self.convolutions:
            convolution.forward(packed)

    def prepare(self) -> None:
        if not (self.packed and self.packed.since_last()):
            self.convolutions[0].pack()

    def link(self) -> Link:
        return self.convolutions[0].link()

    def backward(self) -> None:
        for convolution in self.convolutions:
            convolution.backward()


class Unchanged:
    """Tells whether parameters are as they were: in the test phase filters are packed once, not at every forward."""

    def __init__(self, blobs: Iterable[Blob]) -> None:
        self.blobs = tuple(blobs)
        self.writes = -1

    def since_last(self) -> bool:
        """Whether nothing was written into them since the last call; not so at the first."""
        before, self.writes = self.writes, 0
        for blob in self.blobs:
            self.writes += blob.version
        return before == self.writes


def written_before(state: LayerState) -> tuple[list[tuple[Array, Array]], int]:
    """For a part of a blob: what must be copied first, unless it lies in place, and the part's first channel."""
    part = state.layer.member
    if not isinstance(part, PartLayer):
        return [], 0
    wide = state.tops[0].array
    moved = [blob.array for blob in state.bottoms[1:] if not same_memory(blob.array, wide)]
    return [(array, wide) for array in moved], part.start


def kept(site: Site) -> list[Want]:
    """Memory from forward to backward, two pieces for each top: see `Chain.kept`."""
    chain, pairs = Chain.of(site.layer), zip(site.bottoms, site.plan.tops, strict=False)
    assert chain is not None
    return [want for x, y in pairs for want in (chain.kept(x, y) if site.has_backward else (NOTHING, NOTHING))]


def ways(backend: Any, site: Site) -> tuple[Settings, ...]:
    """How the gradient of the images may be computed: by the rule, or the other way where there is one."""
    rule = sizes_of(backend, site).way
    other = "gather" if rule == "scatter" else "scatter"
    exists = sizes_of(backend, site, {"way": other}).way == other
    return ({}, {"way": other}) if exists else ({},)


def packings(name: str, backend: Any, site: Site) -> tuple[Settings, ...]:
    """Numbers of panels into which the filters of a group may be packed; the fewest are the rule."""
    layer: Any = site.layer.lead
    vectors = -(-layer.n_filter // layer.n_group // LANES[backend.level])
    _, *others = sorted({-(-vectors // width) for width in TILES})
    return ({}, *({name: panels} for panels in others))


def sizes_of(backend: Any, site: Site, settings: Settings = NO_SETTINGS) -> Sizes:
    """The numbers of the convolution, and how its kernel computes it."""
    wrapper: Any = site.layer
    chain = Chain.of(wrapper)
    assert chain is not None
    layer = chain.convolution
    kernel, stride, pad, dilation = (along(o, 2) for o in (layer.kernel, layer.stride, layer.pad, layer.dilation))
    image = site.bottoms[0].shape
    pitch = {"ldy": wrapper.member.channels} if isinstance(wrapper.member, PartLayer) else {}
    options: dict[str, Any] = {"relu": chain.relu, "pool": chain.windows(site.bottoms[0]), **pitch, **settings}
    return Sizes(
        backend.level, backend.threads, image, layer.n_filter, kernel, stride, pad, dilation, layer.n_group, **options
    )
