"""What stays as it is while layers are frozen: their parameters, wherever these are used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..parameters import Parameter
from ..plan import TRAIN
from .graph import Graph


@dataclass(frozen=True, slots=True)
class Frozen:
    """paths: the parameters that stay, those named and those of the layers named.   layers: those that run and have
    parameters, but no others.   shared: of each layer that was not named, its parameters that one which was named uses.
    """

    layers: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        names: Collection[str],
        uses: Mapping[str, Collection[Parameter]],
        graph: Graph,
        parameters: Mapping[int, Mapping[str, Parameter]],
    ) -> Frozen:
        """What freezing these layers and parameters means in a net; names that it does not know count for nothing.

        uses: the parameters of each layer as the user knows it; those of the layers that run are in `parameters`.
        """
        used = {name: _paths(mine) for name, mine in uses.items()}
        theirs = frozenset(path for name in names for path in used.get(name, ()))
        paths = theirs.union(path for mine in used.values() for path in mine if path in names)
        shared = {name: mine & theirs for name, mine in used.items() if mine & theirs and name not in names}
        running = {node.layer.name: _paths(parameters[index].values()) for index, node in enumerate(graph.nodes)}
        return cls(frozenset(name for name, mine in running.items() if mine and mine <= paths), paths, shared)


def rests(graph: Graph, index: int, frozen: Collection[str]) -> bool:
    """Whether node `index` computes as in the test phase because it is frozen: with its running averages."""
    averages = any(not p.trained and not p.owner and not p.past for p in graph.plans[index].params)
    return graph.phase == TRAIN and averages and graph.layer(index).name in frozen


def _paths(parameters: Iterable[Parameter]) -> frozenset[str]:
    return frozenset(parameter.path for parameter in parameters)
