"""Everything `Net(...)` does once: lower, sort, plan, choose kernels, share parameters, allocate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..backend import Backend
from ..errors import BlobAccessError, TopologyError, suggest
from ..kernel import Choice
from ..layer import Layer
from ..parameters import Parameter, ParameterStore
from ..passes import PassContext
from ..random import Stream
from ..topology import Node, sort_layers
from .collecting import Collecting, Collectors
from .feeding import Feeder, label_checks
from .graph import Graph, build_graph
from .lives import LifePlanner, Lives
from .lowering import blobs_of, primitives, rewrite
from .statistics import Tallies, Tally
from .wiring import Wirer, site_of


@dataclass(slots=True)
class Built:
    """The parts of a net that never change. hidden: blobs that the user named, but that passes made unnecessary."""

    hidden: frozenset[str]
    graph: Graph
    choices: list[Choice]
    lives: Lives
    parameters: dict[int, dict[str, Parameter]]
    streams: dict[int, list[Stream]]
    wirer: Wirer


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked of a net besides its layers."""

    phase: str
    dtype: str
    keep: Collection[str]
    gradients: Collection[str]


def build(backend: Backend, layers: Sequence[Layer], store: ParameterStore, wishes: Wishes) -> Built:
    """Plan and allocate; raises TopologyError, ShapeError or ParameterError before any large array exists."""
    given = _given(layers, wishes)
    nodes = sort_layers(rewrite(given, backend, _context(given, wishes)))
    graph = build_graph(nodes, wishes.phase, wishes.dtype, wishes.gradients, store)
    graph.kept = frozenset(_kept(graph, wishes))
    choices = backend.choose_all([site_of(graph, i, wishes.dtype) for i in range(len(graph.nodes))])
    lives = LifePlanner(graph, choices, wishes.dtype).plan()
    parameters = _parameters(graph, store, wishes.dtype)
    streams = {i: _streams(backend, graph, i) for i in range(len(graph.nodes))}
    arrays = backend.allocate(lives.slots)
    wirer = Wirer(backend, graph, choices, lives, arrays, parameters, streams, wishes.dtype)
    hidden = blobs_of(given) - {version[0] for version in graph.values}
    return Built(hidden, graph, choices, lives, parameters, streams, wirer)


def _given(layers: Sequence[Layer], wishes: Wishes) -> tuple[Layer, ...]:
    try:
        given = primitives(layers, wishes.phase)
    except TopologyError as error:
        raise TopologyError(f"{error}{_absent(layers, wishes)}") from None
    if not given:
        raise TopologyError(f"the net has no layers{_absent(layers, wishes)}; it needs a data layer at least")
    return given


def _absent(layers: Sequence[Layer], wishes: Wishes) -> str:
    names = ", ".join(repr(layer.name) for layer in layers if wishes.phase not in layer.phases)
    return f" (phase {wishes.phase!r} leaves out {names})" if names else ""


def _context(given: Sequence[Layer], wishes: Wishes) -> PassContext:
    collected = {name for layer in given if layer.traits.collects for name in layer.bottoms}
    pinned = blobs_of(given) if "all" in wishes.keep else {*wishes.keep, *wishes.gradients, *collected}
    return PassContext(wishes.phase, wishes.dtype, frozenset(pinned))


def feeders(backend: Backend, built: Built, dtype: str) -> list[Feeder]:
    """Open every data layer."""
    from ..data.feed import Feed

    graph = built.graph
    found = []
    for index, node in enumerate(graph.nodes):
        if node.layer.traits.source and not node.layer.traits.input:
            feed = Feed(node.layer.open_source(backend.seed), dtype, backend.empty_host)
            blobs = [built.wirer.values[version] for version in node.writes]
            found.append(Feeder(backend, node.layer, feed, blobs, label_checks(graph, index)))
    return found


def collectors(built: Built) -> Collectors:
    """Open what takes the net's results."""
    values = built.wirer.values
    return Collectors(
        [
            Collecting(node.layer, node.layer.open_collector(), tuple(values[version] for version in node.reads))
            for node in built.graph.nodes
            if node.layer.traits.collects
        ]
    )


def tallies(backend: Backend, built: Built) -> Tallies:
    """The layers that keep statistics."""
    nodes = enumerate(built.graph.nodes)
    return Tallies([_tally(backend, built, index, node) for index, node in nodes if node.layer.traits.stats])


def _tally(backend: Backend, built: Built, index: int, node: Node) -> Tally:
    blobs = [built.wirer.values[version] for version in node.writes]
    items = blobs[1] if node.layer.counts_items else built.graph.plans[index].items
    return Tally(node.layer, blobs[0].shape, backend.counter(blobs[0], items))


def _parameters(graph: Graph, store: ParameterStore, dtype: str) -> dict[int, dict[str, Parameter]]:
    """Each layer's own parameters, created or shared by key; then those that it borrows from another layer."""
    found: dict[int, dict[str, Parameter]] = {}
    for index, plan in enumerate(graph.plans):
        own = tuple(p for p in plan.params if not p.owner)
        found[index] = dict(store.share(graph.layer(index).key, own, dtype)) if own else {}
    for index, plan in enumerate(graph.plans):
        found[index].update({p.name: store.borrow(p, dtype) for p in plan.params if p.owner})
    return found


def _kept(graph: Graph, wishes: Wishes) -> set[str]:
    names = {version[0] for version in graph.values}
    for name in {*wishes.keep, *wishes.gradients} - {"all"}:
        if name not in names:
            raise BlobAccessError(f"keep or gradients name blob {name!r}, which no layer writes{suggest(name, names)}")
    collected = {v[0] for node in graph.nodes if node.layer.traits.collects for v in node.reads}
    return names if "all" in wishes.keep else {*wishes.keep, *collected}


def _streams(backend: Backend, graph: Graph, index: int) -> list[Stream]:
    name = graph.layer(index).name
    return [Stream(backend.seed, name, f"draw/{k}") for k in range(len(graph.plans[index].draws))]
