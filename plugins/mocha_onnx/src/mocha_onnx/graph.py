"""The graph that translations write: nodes, the values between them, constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]
Dims: TypeAlias = tuple[int | None, ...]
"""A shape; None is a size that changes with the number of samples."""

SMALL = 64
"""Constants of at most so many bytes are written once, however often they are used."""


@dataclass(eq=False, slots=True)
class Value:
    """A tensor that some node gives, an input, or a constant. Arithmetic on it adds nodes.

    name: empty until the layer that makes it is complete.
    """

    graph: Graph = field(repr=False)
    name: str = ""

    def __add__(self, other: Value | float) -> Value:
        return self.graph.op("Add", self, self.graph.wrap(other))

    def __sub__(self, other: Value | float) -> Value:
        return self.graph.op("Sub", self, self.graph.wrap(other))

    def __mul__(self, other: Value | float) -> Value:
        return self.graph.op("Mul", self, self.graph.wrap(other))

    def __truediv__(self, other: Value | float) -> Value:
        return self.graph.op("Div", self, self.graph.wrap(other))

    def __pow__(self, other: Value | float) -> Value:
        return self.graph.op("Pow", self, self.graph.wrap(other))

    def __radd__(self, other: float) -> Value:
        return self.graph.wrap(other) + self

    def __rsub__(self, other: float) -> Value:
        return self.graph.wrap(other) - self

    def __rmul__(self, other: float) -> Value:
        return self.graph.wrap(other) * self


@dataclass(eq=False, slots=True)
class Node:
    """One operator. An input that is None is left out."""

    op: str
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    attributes: dict[str, Any]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What a loop does at each step: a graph with its own inputs and outputs."""

    graph: Graph
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


class Graph:
    """Nodes in the order in which they were added, and constants by name.

    outer: the graph around the body of a loop, whose constants and names are shared.

    >>> graph = Graph()
    >>> x = Value(graph, "x")
    >>> y = 2.0 * x + 1.0
    >>> [node.op for node in graph.nodes]
    ['Mul', 'Add']
    """

    def __init__(self, outer: Graph | None = None) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, Array] = outer.constants if outer else {}
        self._shared: dict[tuple[Any, ...], Value] = outer._shared if outer else {}
        self.taken: set[str] = outer.taken if outer else set()
        self._nodes_taken: set[str] = outer._nodes_taken if outer else set()

    def op(self, op: str, *inputs: Value | None, **attributes: Any) -> Value:
        """The output of a new node with one output."""
        (value,) = self.ops(op, *inputs, count=1, **attributes)
        return value

    def ops(self, op: str, *inputs: Value | None, count: int, **attributes: Any) -> tuple[Value, ...]:
        """The outputs of a new node with so many of them."""
        outputs = tuple(Value(self) for _ in range(count))
        self.nodes.append(Node(op, inputs, outputs, attributes))
        return outputs

    def name_nodes(self, layer: str, results: Sequence[Value] = ()) -> None:
        """Name what has no name yet: nodes and values, after the layer; the nodes that make `results` bear its name."""
        for node in (each for each in self.nodes if not each.name):
            final = any(value in results for value in node.outputs)
            node.name = _free(layer if final else f"{layer}/{node.op}", self._nodes_taken)
            for body in (each for each in node.attributes.values() if isinstance(each, Body)):
                _name_body(body, layer)
            for value in node.outputs:
                value.name = value.name or self.unique(f"{layer}/{node.op}")

    def wrap(self, number: Value | float) -> Value:
        """A value as it is, a number as a constant."""
        return number if isinstance(number, Value) else self.constant(np.float32(number))

    def constant(self, array: Any, name: str = "constant") -> Value:
        """An array as a value; small ones that are equal are one."""
        array = np.asarray(array)
        key = (array.dtype.str, array.shape, array.tobytes())
        if array.nbytes <= SMALL and key in self._shared:
            return self._shared[key]
        value = Value(self, self.unique(name))
        self.constants[value.name] = array
        if array.nbytes <= SMALL:
            self._shared[key] = value
        return value

    def integers(self, *numbers: int) -> Value:
        """Whole numbers as a constant vector."""
        return self.constant(np.array(numbers, np.int64))

    def unique(self, name: str) -> str:
        """The name for a value, or one like it that is not taken; it is then."""
        return _free(name, self.taken)


def _free(name: str, taken: set[str]) -> str:
    found, count = name, 1
    while found in taken:
        found, count = f"{name}.{count}", count + 1
    taken.add(found)
    return found


def _name_body(body: Body, layer: str) -> None:
    for value in body.inputs:
        value.name = body.graph.unique(f"{layer}/step")
    body.graph.name_nodes(f"{layer}/step")
