"""The planned graph of a net: for every version of a blob its shape and readers, and whether its gradient is wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..blob import BlobSpec, Shape
from ..layer import Layer
from ..parameters import Parameter
from ..plan import TRAIN, Plan
from ..topology import Node, Version
from .plan_checks import check_plan


@dataclass(slots=True)
class Value:
    """One version of a blob: `writer` and `readers` are positions in the sorted order."""

    version: Version
    spec: BlobSpec
    writer: int
    readers: list[tuple[int, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.version[0]


@dataclass(slots=True)
class Graph:
    """Nodes in running order with their plans, and the values between them.

    forced: blobs of which the user wants the gradient; matters: the versions that a loss depends on.
    kept: blobs that are read after a step.
    """

    nodes: tuple[Node, ...]
    plans: tuple[Plan, ...]
    values: dict[Version, Value]
    phase: str
    forced: frozenset[str] = frozenset()
    matters: frozenset[Version] = frozenset()
    kept: frozenset[str] = frozenset()

    def layer(self, index: int) -> Layer:
        return self.nodes[index].layer

    def bottoms(self, index: int) -> tuple[BlobSpec, ...]:
        """Specs of what node `index` reads."""
        return tuple(self.values[v].spec for v in self.nodes[index].reads)

    def last_version(self, name: str) -> Version:
        """What readers of a blob see."""
        return max(v for v in self.values if v[0] == name)

    def ends(self) -> tuple[str, ...]:
        """Blobs that layers compute and nobody reads."""
        unread = (value for value in self.values.values() if not value.readers)
        return tuple(value.name for value in unread if not self.layer(value.writer).traits.source)

    def waits(self, version: Version) -> bool:
        """Whether it keeps from step to step what the user writes: an input that no layer works on in place."""
        value = self.values.get(version)
        return value is not None and self.layer(value.writer).traits.input and version == self.last_version(value.name)

    def stays(self, version: Version) -> bool:
        """Whether it is read after a step: no layer reads it, readers of a kept blob see it, or it is reported."""
        shown = version[0] in self.kept and version == self.last_version(version[0])
        return shown or not self.values[version].readers or self._reported(version)

    def _reported(self, version: Version) -> bool:
        """Whether it is a loss or statistic, or the number of its items."""
        node = self.nodes[self.values[version].writer]
        traits = node.layer.traits
        numbers = node.writes[: 2 if node.layer.counts_items else 1]
        return (traits.loss or traits.stats) and version in numbers

    def trains(self, index: int, frozen: Collection[str] = ()) -> bool:
        """Whether node `index` has parameters that the solver may change."""
        layer = self.layer(index)
        has = layer.traits.backprop and any(p.trained for p in self.plans[index].params)
        return has and self.phase == TRAIN and layer.name not in frozen


def build_graph(
    nodes: Sequence[Node], phase: str, dtype: str, forced: Collection[str] = (), known: Iterable[Parameter] = ()
) -> Graph:
    """Ask every layer, in running order, for its plan; `known` are parameters that layers may borrow."""
    values: dict[Version, Value] = {}
    placed: list[Node] = []
    plans: list[Plan] = []
    shapes = {(p.key, p.spec.name): p.spec.shape for p in known}
    for index, node in enumerate(nodes):
        placed.append(replace(node, layer=node.layer.borrowing(shapes)))
        plans.append(_plan(placed[-1], values, dtype, shapes))
        for position, version in enumerate(node.reads):
            values[version].readers.append((index, position))
        for version, top in zip(node.writes, plans[-1].tops, strict=True):
            values[version] = Value(version, top, index)
    graph = Graph(tuple(placed), tuple(plans), values, phase, frozenset(forced))
    graph.matters = frozenset(_loss_above(graph))
    return graph


def _plan(node: Node, values: dict[Version, Value], dtype: str, shapes: dict[tuple[str, str], Shape]) -> Plan:
    """The plan of a layer whose bottoms are planned; notes the shapes of its parameters."""
    plan = node.layer.plan(tuple(values[v].spec for v in node.reads))
    check_plan(node.layer, plan, len(node.reads), len(node.writes))
    shapes.update({(node.layer.key, p.name): p.shape for p in plan.params if not p.owner})
    return plan if node.reads else plan.of_type(dtype)


def wanted(graph: Graph, frozen: Collection[str] = ()) -> frozenset[Version]:
    """The versions whose gradient somebody needs: a loss lies above, something that learns lies below."""
    if graph.phase != TRAIN:
        return frozenset()
    return frozenset(_learns_below(graph, frozen) & graph.matters)


def has_backward(graph: Graph, index: int, wants: Collection[Version], frozen: Collection[str] = ()) -> bool:
    """Whether backward runs for node `index`: it is reached from a loss, and it or something below it learns."""
    node, layer = graph.nodes[index], graph.layer(index)
    if not layer.traits.backprop or graph.phase != TRAIN:
        return False
    reached = layer.traits.loss or any(version in graph.matters for version in node.writes)
    return reached and (graph.trains(index, frozen) or any(wants_of(graph, index, wants)))


def wants_of(graph: Graph, index: int, wants: Collection[Version]) -> tuple[bool, ...]:
    """For each bottom of node `index`, whether the node must give its gradient."""
    return tuple(_wants(graph, index, p, wants) for p in range(len(graph.nodes[index].reads)))


def _wants(graph: Graph, index: int, position: int, wants: Collection[Version]) -> bool:
    return position not in graph.plans[index].constants and graph.nodes[index].reads[position] in wants


def _learns_below(graph: Graph, frozen: Collection[str]) -> set[Version]:
    found: set[Version] = set()
    for index, node in enumerate(graph.nodes):
        open_reads = [v for p, v in enumerate(node.reads) if p not in graph.plans[index].constants]
        below = node.layer.traits.backprop and any(v in found for v in open_reads)
        for version in node.writes:
            if below or graph.trains(index, frozen) or version[0] in graph.forced:
                found.add(version)
    return found


def _loss_above(graph: Graph) -> set[Version]:
    found: set[Version] = set()
    for index in reversed(range(len(graph.nodes))):
        node, layer = graph.nodes[index], graph.layer(index)
        if layer.traits.backprop and (layer.traits.loss or any(v in found for v in node.writes)):
            found.update(v for p, v in enumerate(node.reads) if p not in graph.plans[index].constants)
    return found
