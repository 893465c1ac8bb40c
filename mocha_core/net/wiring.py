"""Binds kernels to memory and lists the steps of forward and backward; done again when layers are frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..backend import Backend, Step
from ..blob import Array, Blob, BlobSpec
from ..kernel import Choice, Kernel, LayerState, Site
from ..parameters import Parameter
from ..plan import TEST
from ..random import Stream
from ..steps import MemoryStep
from ..topology import Version
from .freezing import Frozen, rests
from .graph import Graph, has_backward, wanted, wants_of
from .lives import Lives


@dataclass(frozen=True, slots=True)
class NamedStep:
    """One bound call, with the layer it belongs to (for timing and for finding the first NaN)."""

    layer: str
    call: Step

    def __call__(self) -> None:
        self.call()


@dataclass(slots=True)
class Trainable:
    """A parameter that the solver may change now, and the gradient of the loss by it."""

    parameter: Parameter
    diff: Blob


@dataclass(slots=True)
class Wiring:
    """What runs: steps of both directions, and what backward fills.

    resting: names of the frozen layers that compute as in the test phase.
    """

    forward: list[NamedStep] = field(default_factory=list)
    backward: list[NamedStep] = field(default_factory=list)
    trainable: list[Trainable] = field(default_factory=list)
    states: dict[int, LayerState] = field(default_factory=dict)
    kernels: dict[int, Kernel] = field(default_factory=dict)

    @property
    def resting(self) -> frozenset[str]:
        return frozenset(state.site.layer.name for state in self.states.values() if state.site.rests)


def site_of(graph: Graph, index: int, dtype: str, frozen: Collection[str] = ()) -> Site:
    """What a kernel may know about node `index` before memory exists."""
    wants, still = wanted(graph, frozen), rests(graph, index, frozen)
    runs = has_backward(graph, index, wants, frozen)
    asked = wants_of(graph, index, wants) if runs else (False,) * len(graph.nodes[index].reads)
    return Site(
        layer=graph.layer(index),
        plan=graph.plans[index],
        bottoms=graph.bottoms(index),
        phase=TEST if still else graph.phase,
        dtype=dtype,
        wants=asked,
        trains=runs and graph.trains(index, frozen),
        passing=tuple(len(graph.values[v].readers) == 1 and not graph.stays(v) for v in graph.nodes[index].writes),
        rests=still,
    )


class Wirer:
    """Holds what never changes (graph, choices, arrays) and wires it for what is frozen."""

    def __init__(
        self,
        backend: Backend,
        graph: Graph,
        choices: Sequence[Choice],
        lives: Lives,
        arrays: Sequence[Array],
        parameters: Mapping[int, Mapping[str, Parameter]],
        streams: Mapping[int, Sequence[Stream]],
        dtype: str,
    ) -> None:
        self.backend, self.graph, self.choices, self.lives = backend, graph, choices, lives
        self.parameters, self.streams, self.dtype = parameters, streams, dtype
        self.blobs = [Blob(backend, s.spec, a, s.label) for s, a in zip(lives.slots, arrays, strict=True)]
        self.values = {version: self.blobs[slot] for version, slot in lives.values.items()}
        self._diffs: dict[tuple[str, int], Blob] = {}

    def wire(self, frozen: Frozen) -> Wiring:
        """Steps while that is frozen; memory stays where it is."""
        wiring = Wiring()
        for index in range(len(self.graph.nodes)):
            if self.graph.layer(index).traits.computes:
                self._bind(wiring, index, frozen.layers)
        seen_versions: set[Version] = set()
        seen_parameters: dict[str, Blob] = {}
        for index in reversed(wiring.kernels):
            if wiring.states[index].site.has_backward:
                self._backward(wiring, index, seen_versions)
                self._gather(wiring, index, frozen.paths, seen_parameters)
        wiring.trainable.reverse()
        return wiring

    def _bind(self, wiring: Wiring, index: int, frozen: Collection[str]) -> None:
        state = self._state(index, frozen)
        name = state.site.layer.name
        for stream, blob in zip(self.streams.get(index, ()), state.draws, strict=True):
            wiring.forward.append(NamedStep(name, self.backend.drawing(stream, blob)))
        kernel = self.backend.build(self.choices[index], state)
        wiring.states[index], wiring.kernels[index] = state, kernel
        wiring.forward.append(NamedStep(name, kernel.forward))

    def _state(self, index: int, frozen: Collection[str]) -> LayerState:
        node, site = self.graph.nodes[index], site_of(self.graph, index, self.dtype, frozen)
        return LayerState(
            site=site,
            bottoms=tuple(self.values[v] for v in node.reads),
            tops=tuple(self.values[v] for v in node.writes),
            bottom_diffs=tuple(self._gift(index, p) if want else None for p, want in enumerate(site.wants)),
            top_diffs=self._top_diffs(index) if site.has_backward else (),
            params={name: p.blob for name, p in self.parameters[index].items()},
            param_diffs=self._param_diffs(index) if site.trains else {},
            draws=tuple(self.blobs[s] for s in self.lives.draws[index]),
            scratch=tuple(self.blobs[s] for s in self.lives.scratch[index]),
        )

    def _gift(self, index: int, position: int) -> Blob:
        return self.blobs[self.lives.gifts[index, position]]

    def _top_diffs(self, index: int) -> tuple[Blob, ...]:
        return tuple(self._top_diff(index, top, v) for top, v in enumerate(self.graph.nodes[index].writes))

    def _top_diff(self, index: int, top: int, version: Version) -> Blob:
        if version in self.lives.diffs:
            return self.blobs[self.lives.diffs[version]]
        if (index, top) in self.lives.zeros:
            return self.blobs[self.lives.zeros[index, top]]
        return self._one(index, version)

    def _one(self, index: int, version: Version) -> Blob:
        """The derivative of the objective by a loss: one, unless the loss says otherwise."""
        if (version[0], index) not in self._diffs:
            blob = self._new(self.graph.values[version].spec, f"{version[0]} diff")
            blob.fill(self.graph.layer(index).loss_weight)
            self._diffs[version[0], index] = blob
        return self._diffs[version[0], index]

    def _param_diffs(self, index: int) -> dict[str, Blob]:
        trained = [p.name for p in self.graph.plans[index].params if p.trained]
        return {name: self._param_diff(self.parameters[index][name], index) for name in trained}

    def _param_diff(self, parameter: Parameter, index: int) -> Blob:
        key = (parameter.path, index)
        if key not in self._diffs:
            self._diffs[key] = self._new(parameter.blob.spec, f"{parameter.path} diff")
        return self._diffs[key]

    def _new(self, spec: BlobSpec, name: str) -> Blob:
        return Blob(self.backend, spec, self.backend.empty(spec), name)

    def _backward(self, wiring: Wiring, index: int, versions: set[Version]) -> None:
        state, name = wiring.states[index], self.graph.layer(index).name
        for (node, _), slot in self.lives.zeros.items():
            if node == index:
                wiring.backward.append(NamedStep(name, _zero(self.backend, self.blobs[slot])))
        wiring.backward.append(NamedStep(name, wiring.kernels[index].backward))
        for position, gift in enumerate(state.bottom_diffs):
            if gift is not None:
                self._sum_diff(wiring, index, position, gift, versions)

    def _gather(self, wiring: Wiring, index: int, held: Collection[str], params: dict[str, Blob]) -> None:
        """The gradients by the parameters that learn."""
        name = self.graph.layer(index).name
        for key, diff in reversed(list(wiring.states[index].param_diffs.items())):
            parameter = self.parameters[index][key]
            if parameter.path in held:
                continue
            if parameter.path in params:
                wiring.backward.append(NamedStep(name, _add(self.backend, params[parameter.path], diff)))
            else:
                params[parameter.path] = diff
                wiring.trainable.append(Trainable(parameter, diff))

    def _sum_diff(self, wiring: Wiring, index: int, position: int, gift: Blob, versions: set[Version]) -> None:
        version, name = self.graph.nodes[index].reads[position], self.graph.layer(index).name
        total = self.blobs[self.lives.diffs[version]]
        if version in versions:
            wiring.backward.append(NamedStep(name, _add(self.backend, total, gift)))
        elif gift is not total:
            wiring.backward.append(NamedStep(name, _copy(self.backend, total, gift)))
        versions.add(version)


def _zero(backend: Backend, blob: Blob) -> Step:
    return MemoryStep(backend.zero, (blob.array,))


def _add(backend: Backend, total: Blob, part: Blob) -> Step:
    return MemoryStep(backend.add, (total.array, part.array))


def _copy(backend: Backend, total: Blob, part: Blob) -> Step:
    return MemoryStep(backend.assign, (total.array, part.array))
