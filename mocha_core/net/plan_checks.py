"""What a layer says about itself is looked at once, when a net is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..blob import BlobSpec
from ..layer import Layer
from ..plan import Plan


def check_plan(layer: Layer, plan: Any, bottoms: int, tops: int) -> None:
    """Refuse a plan that cannot be the layer's; `ShapeError` names the layer and what its author should write."""
    if not isinstance(plan, Plan):
        raise layer.misfit(f"its plan(...) gives {plan!r}; it returns a Plan(tops=...)")
    for fault in _faults(plan, bottoms, tops):
        raise layer.misfit(f"its plan {fault}")


def _faults(plan: Plan, bottoms: int, tops: int) -> Iterator[str]:
    if not _is_list(plan.tops) or len(plan.tops) != tops or not all(isinstance(top, BlobSpec) for top in plan.tops):
        yield f"has tops={plan.tops!r}; it needs a tuple with one BlobSpec for each top, here {tops}"
    known = {"xs", "ys", "draws", *_numbered("x", bottoms), *_numbered("y", tops), *_numbered("draw", len(plan.draws))}
    if isinstance(plan.saves, str) or (unknown := set(plan.saves) - known):
        named = repr(plan.saves) if isinstance(plan.saves, str) else ", ".join(sorted(map(repr, unknown)))
        yield f"saves {named}; write a frozenset of {', '.join(sorted(known))}"
    for name, pairs in (("overlays", plan.overlays), ("views", plan.views)):
        if not _is_list(pairs) or not all(_is_pair(pair, tops, bottoms) for pair in pairs):
            yield f"has {name}={pairs}; it needs pairs (top, bottom), counted from 0, of {tops} tops, {bottoms} bottoms"
    if not _is_list(plan.constants) or any(constant not in range(bottoms) for constant in plan.constants):
        yield f"has constants={plan.constants}; it needs a tuple of positions of bottoms, counted from 0, of {bottoms}"
    names = [param.name for param in plan.params]
    if doubled := {name for name in names if names.count(name) > 1}:
        yield f"has two parameters called {', '.join(sorted(doubled))}; give each a name of its own"


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple | list)


def _is_pair(pair: Any, tops: int, bottoms: int) -> bool:
    return _is_list(pair) and len(pair) == 2 and pair[0] in range(tops) and pair[1] in range(bottoms)


def _numbered(kind: str, count: int) -> set[str]:
    return {f"{kind}{index}" for index in range(count)}
