"""From the layers of a net to the nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mocha_core.errors import OptionError
from mocha_core.layer import Layer
from mocha_core.layers import NeuronLayer
from mocha_core.net.deploying import Deployed
from mocha_core.topology import Node, Version

from .graph import Dims, Graph, Value
from .place import Place
from .registry import LAYERS, NEURONS, translation

Shape: TypeAlias = tuple[int | str | None, ...]
"""As a file shows it: `BATCH` stands for the number of samples, None for another size that changes with it."""

BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Translated:
    """A graph with the names and shapes of what goes in and comes out, and the shapes of blobs in between."""

    graph: Graph
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    blobs: Mapping[str, Shape]


def translated(model: Deployed, dims: Mapping[Version, Dims], opset: int) -> Translated:
    """The graph of a model; one `OptionError` lists every layer that cannot be translated."""
    functions = _functions(model)
    graph = Graph()
    names = _names(model)
    graph.taken.update(names.values())
    values: dict[Version, Value] = {}
    written: dict[str, Value] = {}
    for index, node in enumerate(model.graph.nodes):
        if node.layer.traits.source:
            values.update({version: Value(graph, names[version]) for version in node.writes})
            continue
        place = Place(
            layer=node.layer,
            graph=graph,
            xs=tuple(values[version] for version in node.reads),
            bottoms=model.graph.bottoms(index),
            dims=tuple(dims[version] for version in node.reads),
            top_dims=tuple(dims[version] for version in node.writes),
            opset=opset,
            parameters=model.parameters(index),
            shapes={param.name: param.shape for param in model.graph.plans[index].params},
            written=written,
        )
        results = functions[type(node.layer)](node.layer, place)
        values.update(_named(node, graph, results, names))
    blobs = {names[version]: _shown(model, version, sizes) for version, sizes in dims.items()}
    ends = [names[model.graph.last_version(name)] for name in model.outputs]
    return Translated(graph, {name: blobs[name] for name in model.inputs}, {name: blobs[name] for name in ends}, blobs)


def _shown(model: Deployed, version: Version, dims: Dims) -> Shape:
    shape = model.graph.values[version].spec.shape
    return tuple(BATCH if d is None and size == model.num else d for d, size in zip(dims, shape, strict=True))


def _named(node: Node, graph: Graph, results: Iterable[Value], names: Mapping[Version, str]) -> dict[Version, Value]:
    """What a layer writes, named; and its nodes."""
    found = [_fresh(value, graph) for value in results]
    for version, value in zip(node.writes, found, strict=True):
        value.name = names[version]
    graph.name_nodes(node.layer.name, found)
    return dict(zip(node.writes, found, strict=True))


def _fresh(value: Value, graph: Graph) -> Value:
    """The value, or a copy of one that has a name already: an input, a constant."""
    return graph.op("Identity", value) if value.name else value


def _names(model: Deployed) -> dict[Version, str]:
    """Inputs, and the last versions of other blobs, keep their names."""
    graph = model.graph
    plain = {(name, 0): name for name in model.inputs}
    plain |= {last: v[0] for v in graph.values if v[0] not in model.inputs and (last := graph.last_version(v[0]))}
    taken, names = {version[0] for version in graph.values}, dict(plain)
    for name, step in (version for version in graph.values if version not in plain):
        spelling = f"{name}/{step}"
        while spelling in taken:
            spelling += "'"
        taken.add(spelling)
        names[name, step] = spelling
    return names


def _functions(model: Deployed) -> dict[type[Layer], Callable[..., Any]]:
    """How to translate each class of layers; refuses a model with layers or neurons that nobody translates."""
    layers = [node.layer for node in model.graph.nodes if not node.layer.traits.source]
    found = {type(layer): translation(type(layer), LAYERS) for layer in layers}
    neurons = [layer for layer in layers if isinstance(layer, NeuronLayer)]
    unknown = [f"{layer.name!r} ({type(layer).__name__})" for layer in layers if found[type(layer)] is None]
    unknown += [f"{x.name!r} ({x.neuron!r})" for x in neurons if translation(type(x.neuron), NEURONS) is None]
    if unknown:
        raise OptionError(
            f"net {model.net.name!r} has layers that cannot be exported to ONNX: {', '.join(unknown)}; write a "
            f"function for each class with @mocha_onnx.translates, as the README of mocha-onnx shows, or choose "
            f"outputs=[...] that do not need them"
        )
    return {kind: function for kind, function in found.items() if function is not None}
