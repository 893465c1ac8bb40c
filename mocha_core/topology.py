"""From layers in any order to a graph: who writes which version of a blob, who reads it, in which order to run.

A layer that works in place makes a new *version* of its blob; every other reader sees the last version. So "in place"
is a matter of names here, and of memory only where the planner finds that nobody needs the older version any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .errors import TopologyError, suggest
from .layer import Layer

Version = tuple[str, int]
"""A blob's name and how many in-place layers have changed it."""


@dataclass(frozen=True, slots=True)
class Node:
    """One layer in its place: the versions it reads and writes."""

    layer: Layer
    reads: tuple[Version, ...]
    writes: tuple[Version, ...]


def sort_layers(layers: Sequence[Layer]) -> tuple[Node, ...]:
    """The layers in an order in which each finds its bottoms ready; equal choices keep the order given.

    Raises `TopologyError` for two layers of one name, a blob written twice, a blob nobody writes, and a cycle.
    """
    _check_names(layers)
    producers = _producers(layers)
    chains = _chains(layers, producers)
    return _in_order([_node(layer, producers, chains) for layer in layers])


def results(layer: Layer) -> tuple[str, ...]:
    """Names of what a layer writes: its tops, or its own name for a loss or statistic, or its bottoms in place.

    A loss or statistic that counts its items writes their number, too.
    """
    if layer.tops:
        return tuple(layer.tops)
    if not layer.traits.sink:
        return tuple(layer.bottoms)
    if not (layer.traits.loss or layer.traits.stats):
        return ()
    return (layer.name, f"{layer.name}/items") if layer.counts_items else (layer.name,)


def _check_names(layers: Sequence[Layer]) -> None:
    for name, count in Counter(layer.name for layer in layers).items():
        if count > 1:
            kinds = ", ".join(type(layer).__name__ for layer in layers if layer.name == name)
            raise TopologyError(f"{count} layers are named {name!r} ({kinds}); give each layer of a net its own name")


def _producers(layers: Sequence[Layer]) -> dict[str, Layer]:
    producers: dict[str, Layer] = {}
    for layer in layers:
        for top in () if layer.in_place else results(layer):
            if top in producers:
                raise TopologyError(
                    f"blob {top!r} is written by layer {producers[top].name!r} and by layer {layer.name!r}; "
                    f"rename one of the tops"
                )
            producers[top] = layer
    return producers


def _chains(layers: Sequence[Layer], producers: dict[str, Layer]) -> dict[str, list[Layer]]:
    """For each blob the in-place layers on it: the producer's own parts (its neuron) first, then the order given."""
    chains: dict[str, list[Layer]] = {name: [] for name in producers}
    for layer in layers:
        if layer.in_place:
            for bottom in layer.bottoms:
                _require(bottom, layer, producers)
                chains[bottom].append(layer)
    for name, chain in chains.items():
        chain.sort(key=lambda layer, own=f"{producers[name].name}/": not layer.name.startswith(own))  # type: ignore[misc]
    return chains


def _require(bottom: str, layer: Layer, producers: dict[str, Layer]) -> None:
    if bottom not in producers:
        raise TopologyError(
            f"layer {layer.name!r} reads blob {bottom!r}, which no layer writes{suggest(bottom, producers)}"
        )


def _node(layer: Layer, producers: dict[str, Layer], chains: dict[str, list[Layer]]) -> Node:
    for bottom in layer.bottoms:
        _require(bottom, layer, producers)
    if layer.in_place:
        steps = [(bottom, chains[bottom].index(layer)) for bottom in layer.bottoms]
        return Node(layer, tuple(steps), tuple((bottom, version + 1) for bottom, version in steps))
    reads = tuple((bottom, len(chains[bottom])) for bottom in layer.bottoms)
    return Node(layer, reads, tuple((top, 0) for top in results(layer)))


def _in_order(nodes: list[Node]) -> tuple[Node, ...]:
    waiting, ready, order = list(nodes), set[Version](), list[Node]()
    while waiting:
        node = next((n for n in waiting if ready.issuperset(n.reads)), None)
        if node is None:
            names = ", ".join(repr(n.layer.name) for n in waiting)
            raise TopologyError(f"layers {names} wait for each other in a cycle; rename a top or a bottom to break it")
        waiting.remove(node)
        ready.update(node.writes)
        order.append(node)
    return tuple(order)
