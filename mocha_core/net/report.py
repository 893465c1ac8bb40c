"""What a net is, as text: the table of its layers, and how its kernels and memory were chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..channels_last import ChannelsLast
from ..memory import lower_bound, merge
from ..passes import members_of

if TYPE_CHECKING:
    from ..layer import Layer
    from .net import Net

MIB = 1024.0 * 1024.0


def summary(net: Net) -> str:
    """One row per layer: name, type, what it reads, the shapes of what it writes, its parameters; then the notes.

    Layers are those that the user gave (neurons split off), whatever the backend makes of them.
    """
    graph, rows = net._built.drawn, [("layer", "type", "reads", "writes", "parameters")]
    for node, plan in zip(graph.nodes, graph.plans, strict=True):
        writes = ", ".join(f"{v[0]} {graph.values[v].spec}" for v in node.writes)
        owned = sum(math.prod(param.shape) for param in plan.params)
        reads = ", ".join(v[0] for v in node.reads)
        rows.append((node.layer.name, _kind(type(node.layer).__name__), reads, writes, f"{owned:,}" if owned else ""))
    total = sum(p.blob.spec.size for p in net.all_parameters)
    head = f"Net {net.name!r} on {net.backend.name}, {net.phase} phase, {net.dtype}, {len(graph.nodes)} layers"
    return "\n".join([head, *_table(rows), f"{total:,} parameters", *net.notes.lines()])


def explain(net: Net) -> str:
    """One row per kernel: which layers it runs, who declined, what was measured; then memory, and remarks."""
    shown = [(n.layer, c) for n, c in zip(net._graph.nodes, net._built.choices, strict=True) if n.layer.traits.computes]
    rows = [(what_runs(layer), choice.title(), "; ".join(map(": ".join, choice.declined))) for layer, choice in shown]
    head, line, *table = _table([("layer", "kernel", "declined"), *rows])
    notes = [(*choice.notes, *net._built.claims.lines(layer)) for layer, choice in shown]
    noted = [text for row, said in zip(table, notes, strict=True) for text in (row, *map(_note, said))]
    return "\n".join([f"Net {net.name!r} on {net.backend!r}", head, line, *noted, *_memory(net), *net.remarks])


def what_runs(layer: Layer) -> str:
    """The layers that run as one, and in which layout: `conv1 + conv1/neuron + pool1, channels last`."""
    if isinstance(layer, ChannelsLast):
        return f"{what_runs(layer.member)}, channels last"
    return " + ".join(member.name for member in members_of(layer))


def _note(text: str) -> str:
    return f"    {text}"


def _memory(net: Net) -> list[str]:
    slots = net._built.lives.slots
    single = sum(slot.spec.nbytes for slot in slots)
    planned = net.backend.planned_bytes(slots)
    least = lower_bound(merge(slots))
    return [
        f"blobs: {planned / MIB:.1f} MiB planned, {single / MIB:.1f} MiB if nothing were shared, "
        f"{least / MIB:.1f} MiB at least",
        f"parameters: {sum(p.blob.spec.nbytes for p in net.all_parameters) / MIB:.1f} MiB",
    ]


def _kind(name: str) -> str:
    return name.removesuffix("Layer")


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
