"""How large files are cut into blocks, and in which order these are read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..random import Stream
from .rounds import Shuffle
from .source import HostArray

log = logging.getLogger("mocha")


@dataclass(frozen=True, slots=True)
class Block:
    """Samples `start`, ..., `stop - 1` of file number `file`."""

    file: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class BlockLimit:
    """At most `samples` in a block, and `nbytes` in two blocks (of which one is used while the other is read)."""

    samples: int
    nbytes: int

    def size(self, label: str, sample_bytes: int) -> int:
        """Samples in a block; a lowered number is logged."""
        size = min(self.samples, max(1, self.nbytes // (2 * max(1, sample_bytes))))
        if size < self.samples:
            log.info("%s: chunks of %d samples, so that two of them fit into %d bytes", label, size, self.nbytes)
        return size


def cut(lengths: Sequence[int], size: int) -> tuple[Block, ...]:
    """Files of these lengths in blocks of `size` samples, the last of each file perhaps smaller.

    >>> [(b.file, b.start, b.stop) for b in cut([5, 1], 3)]
    [(0, 0, 3), (0, 3, 5), (1, 0, 1)]
    """
    starts = [(file, start, length) for file, length in enumerate(lengths) for start in range(0, length, size)]
    return tuple(Block(file, start, min(start + size, length)) for file, start, length in starts)


@dataclass(frozen=True, slots=True)
class BlockShuffle(Shuffle):
    """The files in random order, the blocks of each in random order; all anew each epoch.

    groups: how many blocks each file has.
    """

    groups: tuple[int, ...] = ()

    def of_parts(self, epoch: int) -> HostArray:
        return _order(self.seed, self.layer, self.groups, epoch)


@lru_cache(maxsize=8)
def _order(seed: int, layer: str, groups: tuple[int, ...], epoch: int) -> HostArray:
    """Block numbers; they count through all files."""
    firsts = np.cumsum([0, *groups])
    files = Stream(seed, layer, "shuffle/files", epoch).permutation(len(groups))
    return np.concatenate([firsts[file] + _within(seed, layer, file, groups[file], epoch) for file in files])


def _within(seed: int, layer: str, file: int, count: int, epoch: int) -> HostArray:
    return Stream(seed, layer, f"shuffle/blocks/{file}", epoch).permutation(count)
