"""Passes rewrite the list of layers before planning; `Fused` is how they join several layers into one."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .blob import Array, BlobSpec
from .errors import OptionError
from .layer import Grads, Layer, Values
from .plan import Plan, Traits
from .specs import spec
from .topology import results


@dataclass(frozen=True, slots=True)
class PassContext:
    """What a pass may know besides the layers: the net's phase and element type, and the blobs that must survive.

    pinned: blobs that the user wants to read, or wants the gradient of; they keep their names, shapes and order.
    """

    phase: str
    dtype: str
    pinned: frozenset[str] = frozenset()


Pass = Callable[[tuple[Layer, ...], PassContext], tuple[Layer, ...]]
"""Gets the layers of one phase, in running order, and returns those that shall run instead."""


@spec(kw_only=True)
class Fused(Layer):
    """Several layers run as one. Its mathematics is the composition of its parts', so every fusion has a reference.

    Make it with `Fused.of(conv, relu)`: each later layer reads only what the layer before it writes (or works on it in
    place), and at most one part has parameters; the whole goes under the first part's name.
    """

    members: tuple[Layer, ...] = ()

    traits = Traits()

    @staticmethod
    def of(*members: Layer) -> Fused:
        """The layers as one, in the order given."""
        first, last = members[0], members[-1]
        for before, after in itertools.pairwise(members):
            if tuple(after.bottoms) != results(before):
                raise OptionError(f"cannot fuse {before.name!r} with {after.name!r}: it reads {list(after.bottoms)}")
        return Fused(name=first.name, bottoms=first.bottoms, tops=results(last), members=members)

    @property
    def key(self) -> str:
        return next((m.key for m in self.members if getattr(m, "param_key", "")), self.name)

    @property
    def lead(self) -> Layer:
        return self.members[0].lead

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        plans = self._plans(bottoms)
        owners = [p for p in plans if p.params]
        if len(owners) > 1:
            raise self.refuse("at most one fused layer may have parameters")
        return Plan(
            tops=plans[-1].tops,
            params=owners[0].params if owners else (),
            draws=tuple(d for p in plans for d in p.draws),
            saves=frozenset({"xs", "draws"}),
        )

    def flops(self, bottoms: tuple[BlobSpec, ...]) -> int:
        reads = (bottoms, *(plan.tops for plan in self._plans(bottoms)))
        return sum(member.flops(read) for member, read in zip(self.members, reads, strict=False))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return self._trace(xp, v)[-1].ys

    def backward(self, xp: Any, v: Values) -> Grads:
        dys: tuple[Array | None, ...] = v.dys
        params: dict[str, Array] = {}
        for index, (member, mine) in reversed(list(enumerate(zip(self.members, self._trace(xp, v), strict=True)))):
            mine.dys, mine.wants = dys, v.wants if index == 0 else (True,) * len(mine.xs)
            grads = member.backward(xp, mine)
            dys = grads.xs
            params.update(grads.params)
        return Grads(xs=dys, params=params)

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        fresh: dict[str, Array] = {}
        for member, mine in zip(self.members, self._trace(xp, v), strict=True):
            fresh.update(member.updates(xp, mine))
        return fresh

    def _plans(self, bottoms: tuple[BlobSpec, ...]) -> list[Plan]:
        plans: list[Plan] = []
        for member in self.members:
            plans.append(member.plan(bottoms))
            bottoms = plans[-1].tops
        return plans

    def _trace(self, xp: Any, v: Values) -> list[Values]:
        draws, xs, trace = list(v.draws), v.xs, []
        for member, plan in zip(self.members, self._plans(tuple(_spec_of(x) for x in v.xs)), strict=True):
            mine = Values(xs=xs, params=v.params, draws=tuple(draws[: len(plan.draws)]), phase=v.phase)
            del draws[: len(plan.draws)]
            mine.ys = xs = member.forward(xp, mine)
            trace.append(mine)
        return trace


def fuse(
    layers: Sequence[Layer], fits: Callable[[tuple[Layer, ...], Layer], bool], pinned: Collection[str] = ()
) -> tuple[Layer, ...]:
    """The layers, in running order, with chains of them joined wherever `fits(those so far, next)`.

    A layer joins the one whose result it works on in place, or reads as its only reader; a pinned blob stays.
    """
    readers = Counter(name for layer in layers if not layer.in_place for name in layer.bottoms)
    joined: list[Layer] = []
    writers: dict[tuple[str, ...], int] = {}
    for layer in layers:
        reads = tuple(layer.bottoms)
        before = writers.pop(reads, None)
        alone = layer.in_place or (len(reads) == 1 and readers[reads[0]] == 1 and reads[0] not in pinned)
        if before is not None and alone and fits(members_of(joined[before]), layer):
            joined[before] = Fused.of(*members_of(joined[before]), layer)
            writers[results(layer)] = before
        else:
            writers[results(layer)] = len(joined)
            joined.append(layer)
    return tuple(joined)


def members_of(layer: Layer) -> tuple[Layer, ...]:
    """The layers that a fusion runs as one; of any other layer, itself."""
    return layer.members if isinstance(layer, Fused) else (layer,)


def _spec_of(array: Array) -> BlobSpec:
    return BlobSpec(tuple(array.shape), str(array.dtype).rpartition(".")[2])
