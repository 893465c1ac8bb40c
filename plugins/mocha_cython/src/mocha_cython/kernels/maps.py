"""What the kernels of element-by-element layers have in common: compiled functions on whole arrays, in any layout."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mocha_core.blob import Array
from mocha_core.channels_last import ChannelsLast
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layer import Layer
from mocha_cpu.chunks import same_memory

from .._elementwise import Map


class Maps(Kernel):
    """A list of compiled calls for each direction; elements lie in the same order in all arrays, whichever it is."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept() if site.dtype == "float32" else Decline(f"computes in float32, not {site.dtype}")

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.map = partial(Map, backend.level, backend.threads)
        self.forwards: list[Map] = []
        self.backwards: list[Map] = []

    def forward(self) -> None:
        for each in self.forwards:
            each.run()

    def backward(self) -> None:
        for each in self.backwards:
            each.run()

    def copies(self, pairs: Sequence[tuple[Array, Array]]) -> list[Map]:
        """What copies each source over its target, where they are not the same memory."""
        return [self.map("copy", (), y, x) for y, x in pairs if not same_memory(y, x)]


def plain(layer: Layer) -> Any:
    """The layer itself, without the layout around it."""
    return layer.member if isinstance(layer, ChannelsLast) else layer
