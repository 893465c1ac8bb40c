"""When each piece of memory is needed: turns a planned graph into slots for the backend to allocate.

Time runs from 0 to 2n-1 for n nodes: node i runs forward at time i and backward at time 2n-1-i. What the user keeps,
what no layer reads, and losses and statistics live until the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..blob import BlobSpec
from ..kernel import Choice
from ..memory import Slot
from ..topology import Version
from .graph import Graph, Value, has_backward, wanted, wants_of


@dataclass(slots=True)
class Lives:
    """Slots, and where each array of the net lies among them.

    diffs: by version, the sum of what its readers give. gifts: by (node, bottom), where that reader writes; the first
    reader to run writes into the sum itself. zeros: by (node, top), for tops that no loss depends on.
    """

    slots: list[Slot] = field(default_factory=list)
    values: dict[Version, int] = field(default_factory=dict)
    diffs: dict[Version, int] = field(default_factory=dict)
    gifts: dict[tuple[int, int], int] = field(default_factory=dict)
    zeros: dict[tuple[int, int], int] = field(default_factory=dict)
    draws: dict[int, list[int]] = field(default_factory=dict)
    scratch: dict[int, list[int]] = field(default_factory=dict)
    kept: set[Version] = field(default_factory=set)


class LifePlanner:
    """Builds `Lives` for a graph whose kernels are chosen."""

    def __init__(self, graph: Graph, choices: Sequence[Choice], dtype: str) -> None:
        self.graph, self.choices, self.dtype = graph, choices, dtype
        self.end = 2 * len(graph.nodes)
        self.wants = wanted(graph)
        self.backward = [has_backward(graph, i, self.wants) for i in range(len(graph.nodes))]
        self.lives = Lives()
        self._group: list[int] = []
        self._group_last: dict[int, int] = {}

    def plan(self) -> Lives:
        """All slots: forward first, then backward."""
        for index in range(len(self.graph.nodes)):
            self._forward(index)
        for index in reversed(range(len(self.graph.nodes))):
            if self.backward[index]:
                self._backward(index)
        return self.lives

    def back(self, index: int) -> int:
        """The time of node `index`'s backward."""
        return self.end - 1 - index

    # forward --------------------------------------------------------------------------------------------------------

    def _forward(self, index: int) -> None:
        node, plan = self.graph.nodes[index], self.graph.plans[index]
        for top, version in enumerate(node.writes):
            value = self.graph.values[version]
            last = self._last_read(value)
            onto, view = self._onto(index, top)
            first = 0 if node.layer.traits.source else index  # sources are fed before the first layer runs
            self.lives.values[version] = self._slot(value.spec, f"{value.name}", first, last, onto, view)
        self.lives.draws[index] = [
            self._slot(BlobSpec(d.shape, self.dtype), f"{node.layer.name} draw", index, self._draw_last(index, k))
            for k, d in enumerate(plan.draws)
        ]
        self.lives.scratch[index] = [self._scratch(index, k) for k in range(len(self.choices[index].accept.scratch))]

    def _last_read(self, value: Value) -> int:
        if self.graph.stays(value.version):
            self.lives.kept.add(value.version)
            return self.end
        if self.graph.waits(value.version):
            return self.end
        times = [value.writer, *(reader + self.choices[reader].holds for reader, _ in value.readers)]
        times += [self.back(r) for r, position in value.readers if self._again(r, "x", position)]
        top = self.graph.nodes[value.writer].writes.index(value.version)
        return max([*times, self.back(value.writer)] if self._again(value.writer, "y", top) else times)

    def _again(self, index: int, kind: str, position: int) -> bool:
        return self.backward[index] and self.graph.plans[index].reads_again(
            kind, position, self.choices[index].accept.saves
        )

    def _draw_last(self, index: int, position: int) -> int:
        return self.back(index) if self._again(index, "draw", position) else index

    def _onto(self, index: int, top: int) -> tuple[int | None, bool]:
        node, plan = self.graph.nodes[index], self.graph.plans[index]
        for mine, bottom in plan.views:
            if mine == top:
                return self.lives.values[node.reads[bottom]], True
        overlays = self.choices[index].accept.overlays
        for mine, bottom in plan.overlays if overlays is None else overlays:
            slot = self.lives.values[node.reads[bottom]]
            if mine == top and self._group_last[self._group[slot]] <= index and not self._twice(index, bottom):
                return slot, False
        return None, False

    def _twice(self, index: int, bottom: int) -> bool:
        """A blob read through two bottoms must not be overwritten through one of them."""
        slots = [self._group[self.lives.values[v]] for v in self.graph.nodes[index].reads]
        return slots.count(slots[bottom]) > 1

    # backward -------------------------------------------------------------------------------------------------------

    def _backward(self, index: int) -> None:
        node, time = self.graph.nodes[index], self.back(index)
        for top, version in enumerate(node.writes):
            if version not in self.lives.diffs and not node.layer.traits.loss:
                spec = self.graph.values[version].spec
                self.lives.zeros[index, top] = self._slot(spec, f"{version[0]} no gradient", time, time)
        for position, want in enumerate(wants_of(self.graph, index, self.wants)):
            if want:
                self._gift(index, position)

    def _gift(self, index: int, position: int) -> None:
        version, time = self.graph.nodes[index].reads[position], self.back(index)
        value = self.graph.values[version]
        onto, view = self._diff_onto(index, position)
        if version in self.lives.diffs:
            slot = self._slot(value.spec, f"{value.name} diff part", time, time, onto, view)
        else:
            last = self.end if value.name in self.graph.forced else self.back(value.writer)
            slot = self.lives.diffs[version] = self._slot(value.spec, f"{value.name} diff", time, last, onto, view)
        self.lives.gifts[index, position] = slot

    def _diff_onto(self, index: int, position: int) -> tuple[int | None, bool]:
        """A bottom's gradient may take over its top's: nobody needs that after this backward."""
        node, plan, time = self.graph.nodes[index], self.graph.plans[index], self.back(index)
        overlays = self.choices[index].accept.overlays
        for pairs, view in ((plan.views, True), (plan.overlays if overlays is None else overlays, False)):
            for top, bottom in pairs:
                slot = self.lives.diffs.get(node.writes[top])
                if bottom != position or slot is None or self._group_last[self._group[slot]] > time:
                    continue
                if self._only_pair(index, top):
                    return slot, view
        return None, False

    def _only_pair(self, index: int, top: int) -> bool:
        """Two bottoms must not both be laid over one top's gradient."""
        node, plan = self.graph.nodes[index], self.graph.plans[index]
        return len(node.reads) == 1 or sum(t == top for t, _ in plan.overlays + plan.views) == 1

    # slots ----------------------------------------------------------------------------------------------------------

    def _scratch(self, index: int, k: int) -> int:
        wish = self.choices[index].accept.scratch[k]
        back = self.back(index) if self.backward[index] else index
        first, last = {"forward": (index, index), "backward": (back, back), "step": (index, back)}[wish.during]
        return self._slot(wish.spec, f"{self.graph.layer(index).name} scratch", first, last)

    def _slot(
        self, spec: BlobSpec, label: str, first: int, last: int, onto: int | None = None, view: bool = False
    ) -> int:
        position = len(self.lives.slots)
        self.lives.slots.append(Slot(spec, label, first, last, onto, view))
        self._group.append(position if onto is None else self._group[onto])
        root = self._group[position]
        self._group_last[root] = max(last, self._group_last.get(root, last))
        return position
