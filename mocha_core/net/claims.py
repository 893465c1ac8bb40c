"""Kernels of other packages for layers that the backend's own passes would make parts of larger ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..backend import Backend
from ..channels_last import ChannelsLast
from ..kernel import Accept, Binding, Decline, Site
from ..layer import Layer
from ..passes import members_of
from ..plan import Plan, Traits
from ..specs import spec
from .graph import Graph
from .wiring import site_of


@dataclass(frozen=True, slots=True)
class Claims:
    """packages: by name of a layer, the package whose kernel shall run it, outranking the backend's own.

    unasked: by name of a layer, lines on the kernels of other packages that may not run it as a part of a larger one.
    """

    packages: Mapping[str, str] = field(default_factory=dict)
    unasked: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, backend: Backend, graph: Graph, dtype: str) -> Claims:
        """Ask the kernels of other packages that have a positive rank about the layers that the user gave."""
        own = {kind.__module__.partition(".")[0] for kind in type(backend).__mro__}
        foreign = {b for tier in backend.registry.tiers for b in tier if b.package not in own}
        packages: dict[str, str] = {}
        unasked: dict[str, list[str]] = {}
        for index, node in enumerate(graph.nodes):
            if theirs := [b for b in foreign if b.spec is type(node.layer)]:
                taker, declined = _ask(backend, site_of(graph, index, dtype), theirs)
                if taker is not None:
                    packages[node.layer.name] = taker.package
                else:
                    unasked[node.layer.name] = sorted(_line(backend, node.layer, b, declined) for b in theirs)
        return cls(packages, unasked)

    def apart(self, layers: tuple[Layer, ...], package: str) -> tuple[Layer, ...]:
        """The layers, with those claimed hidden from a pass of `package`, unless they are its own claim."""
        return tuple(
            Apart(name=layer.name, bottoms=layer.bottoms, tops=layer.tops, member=layer)
            if self.packages.get(layer.name, package) != package and not layer.traits.sink
            else layer
            for layer in layers
        )

    def lines(self, layer: Layer) -> list[str]:
        """What to say of the layers that run as parts of this one."""
        parts = list(_leaves(layer))
        return [line for part in parts if part is not layer for line in self.unasked.get(part.name, ())]


@spec(kw_only=True)
class Apart(Layer):
    """Hides a layer from a pass; it is gone again before anything is planned."""

    member: Layer

    traits = Traits()

    def plan(self, bottoms: tuple[Any, ...]) -> Plan:
        return self.member.plan(bottoms)

    def forward(self, xp: Any, v: Any) -> tuple[Any, ...]:
        return self.member.forward(xp, v)


def together(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers with nothing hidden."""
    return tuple(
        layer.member.replace(name=layer.name, bottoms=layer.bottoms, tops=layer.tops)
        if isinstance(layer, Apart)
        else layer
        for layer in layers
    )


def package_of(rewrite: Callable[..., Any]) -> str:
    """Where a pass comes from."""
    return str(getattr(rewrite, "__module__", "")).partition(".")[0]


def _ask(backend: Backend, site: Site, theirs: Sequence[Binding]) -> tuple[Binding | None, dict[Binding, str]]:
    """The first kernel that takes the layer, if those before the backend's own are asked, and why others declined."""
    declined: dict[Binding, str] = {}
    if any(binding.rank > 0 for binding in theirs):
        for binding in backend.registry.candidates(site.layer):
            if binding not in theirs or binding.rank <= 0:
                break
            answer = binding.kernel.accepts(backend, site)
            if isinstance(answer, Accept):
                return binding, declined
            declined[binding] = answer.why if isinstance(answer, Decline) else repr(answer)
    return None, declined


def _line(backend: Backend, layer: Layer, binding: Binding, declined: Mapping[Binding, str]) -> str:
    if binding in declined:
        return f"{binding.label()} declined {layer.name} alone: {declined[binding]}"
    return (
        f"{binding.label()} was not asked about {layer.name}, which runs as a part of this; it would be with a rank "
        f"above those of {backend.name!r} and above 0, offered under that name"
    )


def _leaves(layer: Layer) -> Iterator[Layer]:
    if isinstance(layer, ChannelsLast):
        yield from _leaves(layer.member)
    else:
        yield from members_of(layer)
