"""What a net is, as text: the table of its layers, and how its kernels and memory were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..memory import lower_bound, merge

if TYPE_CHECKING:
    from .net import Net

MIB = 1024.0 * 1024.0


def summary(net: Net) -> str:
    """One row per layer: name, type, what it reads, the shapes of what it writes, its parameters; then the notes."""
    rows = [("layer", "type", "reads", "writes", "parameters")]
    for index, node in enumerate(net._graph.nodes):
        writes = ", ".join(f"{v[0]} {net._graph.values[v].spec}" for v in node.writes)
        owned = sum(p.blob.spec.size for p in net._built.parameters[index].values())
        reads = ", ".join(v[0] for v in node.reads)
        rows.append((node.layer.name, _kind(type(node.layer).__name__), reads, writes, f"{owned:,}" if owned else ""))
    total = sum(p.blob.spec.size for p in net.all_parameters)
    head = f"Net {net.name!r} on {net.backend.name}, {net.phase} phase, {net.dtype}, {len(net.layers)} layers"
    return "\n".join([head, *_table(rows), f"{total:,} parameters", *net.notes.lines()])


def explain(net: Net) -> str:
    """One row per layer: the kernel, who declined, what was measured; bytes with and without sharing; remarks."""
    shown = [(n.layer, c) for n, c in zip(net._graph.nodes, net._built.choices, strict=True) if n.layer.traits.computes]
    rows = [(layer.name, choice.title(), "; ".join(map(": ".join, choice.declined))) for layer, choice in shown]
    head, line, *table = _table([("layer", "kernel", "declined"), *rows])
    noted = [text for row, (_, choice) in zip(table, shown, strict=True) for text in (row, *map(_note, choice.notes))]
    return "\n".join([f"Net {net.name!r} on {net.backend!r}", head, line, *noted, *_memory(net), *net.remarks])


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
