"""Which layers are merged into which, and what the parameters become."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..blob import BlobSpec
from ..layer import Layer
from ..layers.placing import Place
from ..net.graph import Graph, Value
from ..parameters import Parameter
from .affine import Affine, Array, affine_of, is_affine
from .leads import is_lead, merged, place_on

Stored = Mapping[tuple[str, str], Parameter]
"""Parameters by key and name."""


@dataclass(slots=True)
class Merging:
    """The work of `fold` on the layers of the test phase in running order.

    graph: them with their plans.   stored: their parameters.   pinned: blobs that must survive.   dtype: of the net.
    """

    graph: Graph
    stored: Stored
    pinned: Collection[str]
    dtype: str
    homes: dict[int, int] = field(default_factory=dict)
    """For each layer that takes something up, or is taken up, by which layer."""
    done: dict[int, Affine] = field(default_factory=dict)
    """What a layer does besides its own work."""
    results: dict[int, tuple[Layer, dict[str, Array]]] = field(default_factory=dict)
    stays: dict[int, str] = field(default_factory=dict)
    """Why a layer that multiplies and shifts is not merged."""

    def run(self) -> None:
        """Find and merge."""
        for index, node in enumerate(self.graph.nodes):
            if is_affine(node.layer):
                obstacle = self._take_up(index)
                if not obstacle:
                    continue
                self.stays[index] = obstacle
            if is_lead(node.layer):
                self.homes[index] = index

    def layers(self) -> list[Layer]:
        """Those of the net that results."""
        found: list[Layer] = []
        for index, node in enumerate(self.graph.nodes):
            if index in self.results:
                last = max(member for member, home in self.homes.items() if home == index)
                found.append(self.results[index][0].replace(tops=self.graph.layer(last).tops))
            elif self.homes.get(index, index) == index:
                found.append(node.layer)
        return found

    def parameters(self) -> dict[tuple[str, str], Array]:
        """The parameters that change."""
        made = self.results.values()
        return {(layer.key, name): array for layer, values in made for name, array in values.items()}

    def lines(self) -> list[str]:
        """What was merged, and what was not and why."""
        taken = {home: [i for i, at in self.homes.items() if at == home and i != home] for home in self.results}
        found = [f"{self._name(home)} takes up {self._names(members)}" for home, members in taken.items()]
        return found + [f"{self._name(index)} stays: {why}" for index, why in self.stays.items()]

    def _take_up(self, index: int) -> str:
        """Merge a layer into the one before it; why that cannot be, or nothing."""
        value = self.graph.values[self.graph.nodes[index].reads[0]]
        home = self.homes.get(value.writer)
        obstacle = self._obstacle(value, home)
        if obstacle or home is None:
            return obstacle
        after = self._affine(index)
        if after.place.first != after.place.last and after.place != self._place(home):
            return f"its factors do not lie along the channels of {self._name(home)}"
        whole = self.done[home].then(after) if home in self.done else self._spread(home, after)
        result = self._merged(home, whole) if whole.is_finite else None
        if result is None:
            return f"its factors are no numbers of {self.dtype}"
        self.homes[index], self.done[home], self.results[home] = home, whole, result
        return ""

    def _obstacle(self, value: Value, home: int | None) -> str:
        before = self.graph.layer(value.writer)
        if home is None:
            return f"{before.name} ({type(before).__name__}) before it cannot take up factors"
        if self._is_shared(home):
            return f"{self._name(home)} shares its parameters"
        if value.name in self.pinned:
            return f"blob {value.name!r} is kept"
        others = {position for position, _ in value.readers}
        return f"blob {value.name!r} is read by {self._names(sorted(others))}" if len(value.readers) > 1 else ""

    def _is_shared(self, index: int) -> bool:
        """Whether another layer uses the parameters of this one."""
        key = self.graph.layer(index).key
        others = [(self.graph.layer(other).key, plan) for other, plan in enumerate(self.graph.plans) if other != index]
        return any((param.owner or own) == key for own, plan in others for param in plan.params)

    def _merged(self, home: int, after: Affine) -> tuple[Layer, dict[str, Array]] | None:
        """None where a number is too large for the net's type."""
        layer, values = merged(self.graph.layer(home), self._bottom(home), self._values(home), after)
        with np.errstate(over="ignore"):
            cast = (array.astype(self.dtype) for array in values.values())
            return (layer, values) if all(np.isfinite(array).all() for array in cast) else None

    def _spread(self, home: int, after: Affine) -> Affine:
        """One factor for everything as one for each channel."""
        where = self._place(home)
        return Affine(where, *(np.broadcast_to(array, where.small) for array in (after.gain, after.shift)))

    def _place(self, home: int) -> Place:
        return place_on(self.graph.layer(home), self._bottom(home), self.graph.plans[home].tops[0])

    def _affine(self, index: int) -> Affine:
        return affine_of(self.graph.layer(index), self._bottom(index), self._values(index))

    def _values(self, index: int) -> dict[str, Array]:
        """Parameters, float64 whatever the net computes in."""
        key = self.graph.layer(index).key
        found = {p.name: self.stored[p.owner or key, p.name] for p in self.graph.plans[index].params}
        return {name: parameter.blob.to_array().astype(np.float64) for name, parameter in found.items()}

    def _bottom(self, index: int) -> BlobSpec:
        return self.graph.bottoms(index)[0]

    def _name(self, index: int) -> str:
        return self.graph.layer(index).name

    def _names(self, indices: Sequence[int]) -> str:
        return ", ".join(self._name(index) for index in indices)
