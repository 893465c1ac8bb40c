"""What of a net makes predictions, planned for any number of samples: what exporters write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blob import BlobSpec, Shape
from ..errors import OptionError, ParameterError, suggest
from ..layer import Layer
from ..layers.input import InputLayer
from ..parameters import Parameter
from ..plan import TEST
from ..topology import Version, sort_layers
from .graph import Graph, build_graph
from .lowering import primitives
from .predicting import predicting, prediction_layers

if TYPE_CHECKING:
    from .net import Net


@dataclass(frozen=True, slots=True)
class Deployed:
    """The layers of a net that make its predictions from its inputs, in the test phase.

    inputs: the shapes of the blobs that are given.   layers: what computes, as the user wrote it.   outputs: names of
    the blobs that are wanted.   num: how many samples the shapes are for.
    graph: the primitive layers in running order with their plans, without any rewriting that backends like.
    """

    net: Net
    inputs: Mapping[str, BlobSpec]
    layers: tuple[Layer, ...]
    outputs: tuple[str, ...]
    num: int
    graph: Graph

    def at(self, num: int) -> Deployed:
        """The same for another number of samples; `ShapeError` if the layers cannot do with it."""
        inputs = {name: _sized(spec, self.num, num) for name, spec in self.inputs.items()}
        layers = tuple(layer.resized(num, self.num) for layer in self.layers)
        graph = _graph(self.net, inputs, layers)
        for node, plan, before in zip(graph.nodes, graph.plans, self.graph.plans, strict=True):
            if [p.shape for p in plan.params] != [p.shape for p in before.params]:
                raise node.layer.misfit(f"its parameters are for {self.num} samples, not {num}")
        return Deployed(self.net, inputs, layers, self.outputs, num, graph)

    def run(self, inputs: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
        """The outputs for arrays of the inputs' shapes, computed by a net on the backend of the first."""
        from .net import Net

        net, layers = self.net, [*_given(self.inputs), *self.layers]
        options: dict[str, Any] = {"phase": TEST, "dtype": net.dtype, "parameters": net.store}
        with Net(net.name, net.backend, layers, keep=self.outputs, **options) as running:
            for name, values in inputs.items():
                running._value((name, 0)).set(values)
            running.run_forward()
            return {name: running.blob(name).to_array() for name in self.outputs}

    def parameters(self, index: int) -> dict[str, Parameter]:
        """The parameters of a layer of the graph, by name; `ParameterError` for one without values."""
        stored = {(p.key, p.spec.name): p for p in self.net.store}
        key = self.graph.layer(index).key
        found = {p.name: stored[p.owner or key, p.name] for p in self.graph.plans[index].params}
        for parameter in found.values():
            if not parameter.ready:
                raise ParameterError(f"{parameter.path} of net {self.net.name!r} holds no values yet; call net.init()")
        return found


def deployed(net: Net, outputs: Sequence[str] = ()) -> Deployed:
    """What of a net makes predictions. The rule is that of `net.predict`:

    data layers, and layers of random numbers, become inputs; labels are none; losses and statistics are left out, but
    that a loss may stand for a prediction (softmax loss: the probabilities).

    outputs: names of the blobs wanted; by default those that nobody else reads. What they do not need is left out.
    """
    sources = _sources(net)
    layers = [made for layer in net.given if layer.name not in _names(net) and (made := predicting(layer)) is not None]
    read = {name for layer in layers if not layer.traits.sink for name in layer.bottoms}
    inputs = {name: spec for name, spec in sources.items() if name in read}
    steps = prediction_layers(layers, set(inputs))
    graph = _graph(net, inputs, steps)
    wanted = tuple(outputs) or graph.ends()
    if not wanted:
        raise OptionError(f"net {net.name!r} makes no prediction of data, so there is nothing to export")
    known = [v[0] for v in graph.values if v[0] not in inputs or v != (v[0], 0)]
    for name in wanted:
        if name not in known:
            raise OptionError(f"outputs name blob {name!r}, which the net does not predict{suggest(name, known)}")
    return _needed(net, inputs, steps, graph, wanted)


def _sources(net: Net) -> dict[str, BlobSpec]:
    """What data layers and layers of random numbers write."""
    values = net._graph.values
    return {
        version[0]: values[version].spec
        for node in net._graph.nodes
        if node.layer.name in _names(net)
        for version in node.writes
    }


def _names(net: Net) -> set[str]:
    """Of those layers."""
    nodes = zip(net._graph.nodes, net._graph.plans, strict=True)
    return {node.layer.name for node, plan in nodes if node.layer.traits.source or (plan.draws and not node.reads)}


def _given(inputs: Mapping[str, BlobSpec]) -> tuple[Layer, ...]:
    """The layer of the inputs, if there are any."""
    shapes = tuple(spec.shape for spec in inputs.values())
    return (InputLayer(name="inputs", tops=tuple(inputs), shapes=shapes),) if inputs else ()


def _graph(net: Net, inputs: Mapping[str, BlobSpec], layers: Sequence[Layer]) -> Graph:
    nodes = sort_layers(primitives([*_given(inputs), *layers], TEST))
    return build_graph(nodes, TEST, net.dtype, known=net.store)


def _needed(
    net: Net, inputs: Mapping[str, BlobSpec], layers: Sequence[Layer], graph: Graph, outputs: tuple[str, ...]
) -> Deployed:
    """Without the layers and inputs that no output depends on."""
    versions: set[Version] = {graph.last_version(name) for name in outputs}
    names: set[str] = set()
    for node in reversed(graph.nodes):
        if versions.intersection(node.writes):
            versions.update(node.reads)
            names.add(node.layer.name)
    blobs = {version[0] for version in versions}
    inputs = {name: spec for name, spec in inputs.items() if name in blobs}
    kept = tuple(layer for layer in layers if _parts(layer) & names)
    num = max((_batch_size(layer) for layer in net.given if layer.traits.source), default=0) or _first(inputs)
    kept = tuple(layer.resized(num, num) for layer in kept)
    return Deployed(net, inputs, kept, outputs, num, _graph(net, inputs, kept))


def _parts(layer: Layer) -> set[str]:
    present = layer.in_phase(TEST)
    return {part.name for part in present.parts()} if present is not None else set()


def _batch_size(layer: Any) -> int:
    return getattr(layer, "batch_size", 0)


def _first(inputs: Mapping[str, BlobSpec]) -> int:
    return next((spec.shape[0] for spec in inputs.values()), 1)


def _sized(spec: BlobSpec, trained: int, num: int) -> BlobSpec:
    """A blob with so many samples, if its first axis is the samples."""
    shape: Shape = spec.shape
    return spec.with_shape(num, *shape[1:]) if shape[0] == trained else spec
