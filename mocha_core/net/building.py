"""Everything `Net(...)` does once: lower, sort, plan, choose kernels, share parameters, allocate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

from ..backend import Backend
from ..errors import BlobAccessError, TopologyError, suggest
from ..kernel import Choice
from ..layer import Layer
from ..parameters import Parameter, ParameterStore
from ..passes import PassContext
from ..random import Stream
from ..topology import Node, sort_layers
from .claims import Claims
from .collecting import Collecting, Collectors
from .feeding import Feeder, checks
from .graph import Graph, build_graph
from .lives import LifePlanner, Lives
from .lowering import blobs_of, primitives, rewrite
from .statistics import Tallies, Tally
from .through_losses import refuse_through_losses
from .wiring import Wirer, site_of


@dataclass(slots=True)
class Built:
    """The parts of a net that never change.

    drawn: its graph as the user gave it, before the backend's passes.   uses: by name of a layer in it, its parameters.
    claims: what kernels of other packages have to do with these layers.
    """

    drawn: Graph
    graph: Graph
    choices: list[Choice]
    lives: Lives
    parameters: dict[int, dict[str, Parameter]]
    uses: dict[str, tuple[Parameter, ...]]
    streams: dict[int, list[Stream]]
    wirer: Wirer
    claims: Claims


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked of a net besides its layers."""

    phase: str
    dtype: str
    keep: Collection[str]
    gradients: Collection[str]

    @classmethod
    def of(cls, phase: str, dtype: str, keep: Sequence[str] | str, gradients: Sequence[str] | str) -> Self:
        """A single name stands for a list of one."""
        named = [(names,) if isinstance(names, str) else tuple(names) for names in (keep, gradients)]
        return cls(phase, dtype, *named)


def build(backend: Backend, layers: Sequence[Layer], store: ParameterStore, wishes: Wishes) -> Built:
    """Plan and allocate; raises TopologyError, ShapeError or ParameterError before any large array exists."""
    given = _given(layers, wishes)
    drawn = _planned(given, store, wishes)
    drawn.kept = frozenset(_kept(drawn, drawn, wishes))
    claims = Claims.of(backend, drawn, wishes.dtype)
    graph = _planned(rewrite(given, backend, _context(given, wishes), claims), store, wishes)
    graph.kept = frozenset(_kept(graph, drawn, wishes))
    refuse_through_losses(graph)
    choices = backend.choose_all([site_of(graph, i, wishes.dtype) for i in range(len(graph.nodes))])
    lives = LifePlanner(graph, choices, wishes.dtype).plan()
    parameters = _parameters(graph, store, wishes.dtype)
    streams = {i: _streams(backend, graph, i) for i in range(len(graph.nodes))}
    arrays = backend.allocate(lives.slots)
    wirer = Wirer(backend, graph, choices, lives, arrays, parameters, streams, wishes.dtype)
    _open_sources(drawn, wirer)
    return Built(drawn, graph, choices, lives, parameters, _uses(drawn, parameters), streams, wirer, claims)


def _given(layers: Sequence[Layer], wishes: Wishes) -> tuple[Layer, ...]:
    try:
        given = primitives(layers, wishes.phase)
    except TopologyError as error:
        raise TopologyError(f"{error}{_absent(layers, wishes)}") from None
    if not given:
        raise TopologyError(f"the net has no layers{_absent(layers, wishes)}; it needs a data layer at least")
    return given


def _planned(layers: Sequence[Layer], store: ParameterStore, wishes: Wishes) -> Graph:
    return build_graph(sort_layers(layers), wishes.phase, wishes.dtype, wishes.gradients, store)


def _absent(layers: Sequence[Layer], wishes: Wishes) -> str:
    names = ", ".join(repr(layer.name) for layer in layers if wishes.phase not in layer.phases)
    return f" (phase {wishes.phase!r} leaves out {names})" if names else ""


def _context(given: Sequence[Layer], wishes: Wishes) -> PassContext:
    collected = {name for layer in given if layer.traits.collects for name in layer.bottoms}
    pinned = blobs_of(given) if "all" in wishes.keep else {*wishes.keep, *wishes.gradients, *collected}
    return PassContext(wishes.phase, wishes.dtype, frozenset(pinned))


def _open_sources(drawn: Graph, wirer: Wirer) -> None:
    """Data and inputs are checked by what the user's layers can read; inputs hold 0 until they are written."""
    for node in drawn.nodes:
        for version in node.writes if node.layer.traits.source else ():
            blob = wirer.values[version]
            if node.layer.traits.input:
                blob.fill(0.0)
            blob.checks = tuple(checks(drawn, version, version[0]))


def feeders(backend: Backend, built: Built, dtype: str) -> list[Feeder]:
    """Open every data layer."""
    from ..data.feed import Feed

    graph = built.graph
    found = []
    for node in graph.nodes:
        if node.layer.traits.source and not node.layer.traits.input:
            feed = Feed(node.layer.open_source(backend.seed), dtype, backend.empty_host)
            blobs = [built.wirer.values[version] for version in node.writes]
            found.append(Feeder(backend, node.layer, feed, blobs))
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


def _uses(drawn: Graph, parameters: dict[int, dict[str, Parameter]]) -> dict[str, tuple[Parameter, ...]]:
    """By name of a layer that the user gave, what it uses, whichever layers the backend has made of them."""
    known = {(p.key, p.spec.name): p for group in parameters.values() for p in group.values()}
    return {
        node.layer.name: tuple(known[key] for p in plan.params if (key := (p.owner or node.layer.key, p.name)) in known)
        for node, plan in zip(drawn.nodes, drawn.plans, strict=True)
    }


def _kept(graph: Graph, drawn: Graph, wishes: Wishes) -> set[str]:
    names, known = ({version[0] for version in each.values} for each in (graph, drawn))
    for name in {*wishes.keep, *wishes.gradients} - {"all"}:
        if name not in names:
            raise BlobAccessError(f"keep or gradients name blob {name!r}, which no layer writes{suggest(name, known)}")
    collected = {v[0] for node in graph.nodes if node.layer.traits.collects for v in node.reads}
    return names if "all" in wishes.keep else {*wishes.keep, *collected}


def _streams(backend: Backend, graph: Graph, index: int) -> list[Stream]:
    name = graph.layer(index).name
    return [Stream(backend.seed, name, f"draw/{k}") for k in range(len(graph.plans[index].draws))]
