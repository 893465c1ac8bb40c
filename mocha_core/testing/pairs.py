"""Which blobs of a layer a net may lay on the same bytes, as the kernel accepted it."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel import Choice
from ..plan import Plan

Pair = tuple[int, int]
"""(top, bottom)"""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Pairs whose blobs share memory in forward, and pairs whose gradients do in backward."""

    forward: frozenset[Pair] = frozenset()
    backward: frozenset[Pair] = frozenset()


def sharings(plan: Plan, choice: Choice, has_backward: bool) -> list[Sharing]:
    """Every way of sharing that must be safe: each pair alone, and all together where no blob is in two pairs."""
    groups = [frozenset({pair}) for pair in _pairs(plan, choice)]
    together = frozenset(_pairs(plan, choice))
    if len(groups) > 1 and _is_matching(together):
        groups.append(together)
    return [_allowed(plan, choice, group, has_backward) for group in groups]


def _allowed(plan: Plan, choice: Choice, group: frozenset[Pair], has_backward: bool) -> Sharing:
    """A bottom that backward reads again is not overwritten; a gradient laid under two bottoms is not shared."""
    every = _pairs(plan, choice)
    forward = {p for p in group if p in plan.views or not (has_backward and _read_again(plan, choice, p[1]))}
    backward = {p for p in group if sum(top == p[0] for top, _ in every) == 1}
    return Sharing(frozenset(forward), frozenset(backward) if has_backward else frozenset())


def _pairs(plan: Plan, choice: Choice) -> tuple[Pair, ...]:
    accepted = choice.accept.overlays
    return tuple(dict.fromkeys((*plan.views, *(plan.overlays if accepted is None else accepted))))


def _read_again(plan: Plan, choice: Choice, bottom: int) -> bool:
    return plan.reads_again("x", bottom, choice.accept.saves)


def _is_matching(pairs: frozenset[Pair]) -> bool:
    tops, bottoms = {t for t, _ in pairs}, {b for _, b in pairs}
    return len(tops) == len(bottoms) == len(pairs)
