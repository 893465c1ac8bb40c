"""Reductions to one number a channel: how the kernels of `sources/channels.cuh` are launched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

from mocha_core.blob import Shape

from .base import THREADS, blocks
from .scratch import Want

LANES = 32
"""Channels that a block has where channels lie last."""

BUSY = 4
"""Blocks on each multiprocessor that are worth a second stage."""

LEAST, MOST = 2048, 64
"""A piece has at least so many numbers a block, and there are at most so many."""


@dataclass(frozen=True, slots=True)
class Channels:
    """An array (outer, channels, inner), cut along `outer` into `pieces`, each a block for some channels."""

    outer: int
    channels: int
    inner: int
    pieces: int

    @classmethod
    def of(cls, shape: Shape, first: int, last: int, multiprocessors: int) -> Self:
        """Of a blob of this shape whose axes `first`, ..., `last` - 1 are the channels."""
        outer, channels, inner = (math.prod(part) for part in (shape[:first], shape[first:last], shape[last:]))
        columns = channels if inner > 1 else blocks(channels, LANES)
        wanted = blocks(BUSY * multiprocessors, columns)
        enough = outer * inner * (1 if inner > 1 else LANES) // LEAST
        return cls(outer, channels, inner, max(1, min(wanted, enough, outer, MOST)))

    @property
    def numbers(self) -> tuple[int, int, int]:
        """What every entry point is told of it."""
        return self.outer, self.channels, self.inner

    @property
    def grid(self) -> tuple[int, int]:
        """Of a launch."""
        return (self.channels if self.inner > 1 else blocks(self.channels, LANES)), self.pieces

    @property
    def threads(self) -> int:
        """Of a block: fewer where there is little for each."""
        share = blocks(self.outer, self.pieces) * (self.inner if self.inner > 1 else LANES)
        return min(THREADS, LANES * blocks(share, LANES))

    @property
    def parts(self) -> Want:
        """Memory for two numbers of each piece and channel."""
        return Want((self.pieces, 2, self.channels))


def launched(kernel: Any, source: str, name: str, channels: Channels, *arguments: Any) -> Any:
    """The launch of an entry point for these channels."""
    return kernel.launch(source, name, channels.grid, channels.threads, *arguments)
