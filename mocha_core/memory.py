"""Memory planning: which blobs may lie on the same bytes because they are never needed at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .blob import BlobSpec

ALIGN = 64
"""Bytes; a cache line, and enough for every vector instruction set."""


@dataclass(slots=True)
class Slot:
    """A wish for memory: `spec` is written at step `first` and read for the last time at step `last`.

    onto: index of an earlier slot whose memory this one may take over, or (`view`) whose bytes it shows.
    """

    spec: BlobSpec
    label: str
    first: int
    last: int
    onto: int | None = None
    view: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Slots that share one piece of memory, with their common life."""

    members: tuple[int, ...]
    nbytes: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Arena:
    """The result: every slot's offset into one piece of memory of `nbytes`, and what no plan can beat."""

    offsets: tuple[int, ...]
    nbytes: int
    bound: int
    unshared: int


def plan_arena(slots: Sequence[Slot]) -> Arena:
    """Offsets such that slots alive at the same step never overlap.

    Tries several orders of first-fit placement and keeps the smallest; the problem (dynamic storage allocation) is
    NP-hard, placing long and large blocks first is within a few per cent of the bound on real nets.
    """
    blocks = merge(slots)
    best = min((_place(blocks, order) for order in _ORDERS), key=lambda placed: placed[1])
    offsets = [0] * len(slots)
    for block, offset in zip(blocks, best[0], strict=True):
        for member in block.members:
            offsets[member] = offset
    return Arena(tuple(offsets), best[1], lower_bound(blocks), sum(_aligned(s.spec.nbytes) for s in slots))


def merge(slots: Sequence[Slot]) -> list[Block]:
    """Slots joined by `onto`, as blocks."""
    groups: dict[int, list[int]] = {}
    root: list[int] = []
    for index, slot in enumerate(slots):
        root.append(index if slot.onto is None else root[slot.onto])
        groups.setdefault(root[index], []).append(index)
    return [_block(slots, members) for members in groups.values()]


def lower_bound(blocks: Sequence[Block]) -> int:
    """The most bytes alive at any one step."""
    steps = {block.first for block in blocks}
    return max((sum(b.nbytes for b in blocks if b.first <= step <= b.last) for step in steps), default=0)


def _block(slots: Sequence[Slot], members: list[int]) -> Block:
    mine = [slots[m] for m in members]
    size = max(_aligned(s.spec.nbytes) for s in mine)
    return Block(tuple(members), size, min(s.first for s in mine), max(s.last for s in mine))


def _aligned(nbytes: int) -> int:
    return -(-nbytes // ALIGN) * ALIGN


_ORDERS: tuple[Callable[[Block], tuple[int, ...]], ...] = (
    lambda b: (-b.nbytes, b.first),
    lambda b: (-(b.last - b.first), -b.nbytes),
    lambda b: (-(b.last - b.first) * b.nbytes,),
    lambda b: (b.first, -b.last),
    lambda b: (-b.last, b.first),
)


def _place(blocks: Sequence[Block], order: Callable[[Block], tuple[int, ...]]) -> tuple[list[int], int]:
    offsets = [0] * len(blocks)
    placed: list[int] = []
    for index in sorted(range(len(blocks)), key=lambda i: order(blocks[i])):
        block = blocks[index]
        offsets[index] = _first_gap(block, [(offsets[p], blocks[p]) for p in placed])
        placed.append(index)
    return offsets, max((o + b.nbytes for o, b in zip(offsets, blocks, strict=True)), default=0)


def _first_gap(block: Block, placed: list[tuple[int, Block]]) -> int:
    offset = 0
    for start, other in sorted(((o, b) for o, b in placed if _meet(block, b)), key=lambda pair: pair[0]):
        if offset + block.nbytes <= start:
            break
        offset = max(offset, start + other.nbytes)
    return offset


def _meet(a: Block, b: Block) -> bool:
    return a.first <= b.last and b.first <= a.last
