"""No gradient goes back through a loss: its backward gives the derivatives of its own value, whoever reads that."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import TopologyError
from ..layer import Layer
from .graph import Graph, wanted


@dataclass(frozen=True, slots=True)
class Through:
    """A loss that would have to pass a gradient on: the one its reader has from another loss."""

    loss: Layer
    blob: str
    reader: Layer


def through_a_loss(graph: Graph) -> Through | None:
    """The first such loss of a planned net; one that is read where no loss depends on it, or in testing, is none."""
    wants = wanted(graph)
    for node in graph.nodes:
        if node.layer.traits.loss and node.writes[0] in wants:
            value = graph.values[node.writes[0]]
            reader = next(reader for reader, position in value.readers if _gives(graph, reader, position))
            return Through(node.layer, value.name, graph.layer(reader))
    return None


def refuse_through_losses(graph: Graph) -> None:
    """Raise `TopologyError` for it."""
    found = through_a_loss(graph)
    if found is not None:
        raise TopologyError(
            f"layer {found.reader.name!r} reads blob {found.blob!r} on the way to another loss, but no gradient goes "
            f"back through loss {found.loss.name!r}; put a factor into its weight=, or compute what layer "
            f"{found.reader.name!r} needs from the bottoms of {found.loss.name!r}"
        )


def _gives(graph: Graph, reader: int, position: int) -> bool:
    """Whether a layer would give that bottom a gradient, if something below learns."""
    layer, above = graph.layer(reader), graph.nodes[reader].writes
    reached = layer.traits.loss or not graph.matters.isdisjoint(above)
    return layer.traits.backprop and reached and position not in graph.plans[reader].constants
