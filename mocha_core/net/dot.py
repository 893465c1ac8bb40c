"""A net as a Graphviz graph: one record per layer with a port per blob, drawn from the data upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..topology import Node, Version

if TYPE_CHECKING:
    from .net import Net


def to_dot(net: Net) -> str:
    """Text for the program `dot`: `dot -Tsvg net.dot > net.svg`. Layers are those that the user gave."""
    nodes = net._built.drawn.nodes
    writers = {version: f"layer{i}:t{k}" for i, node in enumerate(nodes) for k, version in enumerate(node.writes)}
    lines = [f"digraph {_quote(net.name)} {{", "  rankdir=BT;", "  node [shape=record];"]
    for index, node in enumerate(nodes):
        lines.append(f"  layer{index} [label={_quote(_label(net, node))}];")
    for index, node in enumerate(nodes):
        lines += [f"  {writers[version]} -> layer{index}:b{k};" for k, version in enumerate(node.reads)]
    return "\n".join([*lines, "}", ""])


def _label(net: Net, node: Node) -> str:
    tops = _ports(net, "t", node.writes)
    bottoms = _ports(net, "b", node.reads)
    title = f"{_escape(type(node.layer).__name__.removesuffix('Layer'))}\\n{_escape(node.layer.name)}"
    return "{" + "|".join(part for part in (tops, title, bottoms) if part) + "}"


def _ports(net: Net, side: str, versions: tuple[Version, ...]) -> str:
    cells = (f"<{side}{k}> {_escape(v[0])} {net._built.drawn.values[v].spec}" for k, v in enumerate(versions))
    inner = "|".join(cells)
    return "{" + inner + "}" if inner else ""


def _escape(text: str) -> str:
    return "".join("\\" + c if c in "{}|<>" else c for c in text)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'
