"""What the kernels of this backend have in common: lists of launches, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mocha_core.blob import Array
from mocha_core.channels_last import ChannelsLast
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site
from mocha_core.layer import Layer

from ..addresses import address
from ..device.device import Argument, Device, Extent
from ..recordable import Recordable

Call = Callable[[], None]

THREADS = 256
"""Of a block, where nothing speaks for another number."""

VECTOR = 4
"""Numbers that a thread of an element-by-element kernel has."""

DTYPE = "float32"


class CudaKernel(Kernel, Recordable):
    """A kernel that only puts work on the current stream, the same each time.

    It neither allocates nor waits, and no Python branch depends on results, so its calls may be recorded into a graph.
    """

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        return Accept() if site.dtype == DTYPE else Decline(f"computes in {DTYPE}, not {site.dtype}")

    def __init__(self, backend: Any, state: LayerState) -> None:
        self.device: Device = backend.device
        self.forwards: list[Call] = []
        self.backwards: list[Call] = []

    def forward(self) -> None:
        for call in self.forwards:
            call()

    def backward(self) -> None:
        for call in self.backwards:
            call()

    def launch(
        self, source: str, name: str, grid: Extent, threads: int, *arguments: Argument, **defines: int | float | str
    ) -> Call:
        """The launch of an entry point, ready to be made."""
        return partial(self.device.function(source, name, **defines), grid, threads, *arguments)

    def each(self, source: str, name: str, count: int, *arguments: Argument) -> Call:
        """The launch of an entry point that has a thread for each of `count` elements."""
        return self.launch(source, name, blocks(count, THREADS), THREADS, *arguments)

    def map(self, source: str, name: str, count: int, *arguments: Argument) -> Call:
        """The launch of an entry point that has a thread for every four elements."""
        return self.launch(source, name, blocks(count, VECTOR * THREADS), THREADS, *arguments)

    def copies(self, target: Array, source: Array) -> list[Call]:
        """What copies `source` over `target`, unless they are the same memory."""
        return [] if same_memory(target, source) else [partial(self.device.copy, target, source)]


def blocks(count: int, share: int) -> int:
    """How many blocks there are for `count` things, `share` to each; at least one.

    >>> blocks(1000, 256), blocks(0, 256)
    (4, 1)
    """
    return max(1, -(-count // share))


def same_memory(a: Array, b: Array) -> bool:
    """Whether two arrays begin at the same byte: a copy from one to the other would do nothing."""
    return address(a) == address(b)


def plain(layer: Layer) -> Any:
    """The layer itself, without the layout around it."""
    return layer.member if isinstance(layer, ChannelsLast) else layer


def diffs_of(state: LayerState, count: int) -> list[Array | None]:
    """The arrays of the first `count` bottoms' gradients; None where one is not wanted."""
    found: list[Array | None] = [None if diff is None else diff.array for diff in state.bottom_diffs[:count]]
    return found + [None] * (count - len(found))


def array_of(blob: Any) -> Array | None:
    """The array of a blob that may be missing."""
    return None if blob is None else blob.array
