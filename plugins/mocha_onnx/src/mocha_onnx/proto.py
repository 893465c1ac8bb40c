"""The graph as ONNX's own messages."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from mocha_core.errors import OptionError

from .graph import Body, Graph, Node
from .translating import Shape, Translated

LIMIT = (1 << 31) - (1 << 20)
"""Bytes that the constants may have: a file of this format ends at 2 GB."""


def model_of(translated: Translated, name: str, opset: int, notes: Mapping[str, str]) -> onnx.ModelProto:
    """The whole model; notes become its metadata. Constants that nothing reads are left out."""
    graph = translated.graph
    used = _used(graph)
    constants = {key: array for key, array in graph.constants.items() if key in used}
    _check_size(name, sum(array.nbytes for array in constants.values()))
    proto = helper.make_graph(
        [_node(node) for node in graph.nodes],
        name or "net",
        [_typed(key, shape) for key, shape in translated.inputs.items()],
        [_typed(key, shape) for key, shape in translated.outputs.items()],
        [numpy_helper.from_array(np.asarray(array, order="C"), key) for key, array in constants.items()],
        value_info=_between(translated),
    )
    operators = helper.make_opsetid("", opset)
    model = helper.make_model(proto, opset_imports=[operators], producer_name="mocha")
    model.producer_version = metadata.version("mocha-onnx")
    model.ir_version = helper.find_min_ir_version_for([operators])
    helper.set_model_props(model, dict(notes))
    return model


def _check_size(name: str, nbytes: int) -> None:
    if nbytes > LIMIT:
        raise OptionError(
            f"net {name!r} has {nbytes / 1e9:.1f} GB of parameters, and an ONNX file ends at 2 GB; export to "
            f".safetensors, which has no limit, or export parts of the net, with outputs=[...]"
        )


def _used(graph: Graph) -> set[str]:
    found: set[str] = set()
    for node in graph.nodes:
        found.update(value.name for value in node.inputs if value is not None)
        for body in node.attributes.values():
            if isinstance(body, Body):
                found |= _used(body.graph)
    return found


def _between(translated: Translated) -> list[onnx.ValueInfoProto]:
    """The shapes of blobs that are neither inputs nor outputs."""
    ends = {*translated.inputs, *translated.outputs}
    made = {value.name for node in translated.graph.nodes for value in node.outputs}
    return [_typed(name, shape) for name, shape in translated.blobs.items() if name in made - ends]


def _typed(name: str, shape: Shape) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)


def _node(node: Node) -> onnx.NodeProto:
    attributes = {key: _attribute(node, value) for key, value in node.attributes.items()}
    names = ["" if value is None else value.name for value in node.inputs]
    return helper.make_node(node.op, names, [value.name for value in node.outputs], name=node.name, **attributes)


def _attribute(node: Node, value: Any) -> Any:
    if not isinstance(value, Body):
        return value
    inputs, outputs = (
        [helper.make_empty_tensor_value_info(end.name) for end in ends] for ends in (value.inputs, value.outputs)
    )
    return helper.make_graph([_node(each) for each in value.graph.nodes], f"{node.name}/step", inputs, outputs)
