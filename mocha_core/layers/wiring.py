"""Checks that many layers share: how many blobs a layer reads and writes, and which axis an option means."""

from __future__ import annotations

from collections.abc import Iterable

from ..blob import BlobSpec
from ..layer import Layer


def need_blobs(layer: Layer, *, bottoms: int, tops: int) -> None:
    """Refuse a layer that does not name exactly so many blobs."""
    for option, wanted in (("bottoms", bottoms), ("tops", tops)):
        given = len(getattr(layer, option))
        if given != wanted:
            raise layer.refuse(f"needs {wanted} {option}, got {given}; write {option}={_example(option, wanted)}")


def need_top_per_bottom(layer: Layer) -> None:
    """Refuse a layer that does not name one top for each of its bottoms, of which it has at least one."""
    bottoms, tops = len(layer.bottoms), len(layer.tops)
    if not bottoms and not tops:
        raise layer.refuse('names no blobs; write what it reads and writes, e.g. bottoms=["data"], tops=["out"]')
    if not bottoms or bottoms != tops:
        raise layer.refuse(f"needs one top per bottom, got {bottoms} bottoms and {tops} tops; name as many of each")


def need_bottoms_only(layer: Layer) -> None:
    """Refuse a layer that reads nothing, or names tops although it is an end of the net."""
    if not layer.bottoms or layer.tops:
        raise layer.refuse(f"needs at least one bottom and no tops, got {len(layer.bottoms)} and {len(layer.tops)}")


def need_equal_sizes(layer: Layer, bottoms: Iterable[BlobSpec]) -> None:
    """Refuse two bottoms that differ in their number of elements, or have no batch."""
    x, y = bottoms
    if x.size != y.size or not x.shape:
        raise layer.misfit(f"needs two blobs with the same number of elements, got {x} and {y}")


def need_base(layer: Layer, base: float) -> None:
    """Refuse a base of powers or logarithms that is not positive."""
    if base <= 0:
        raise layer.refuse(f"base={base} must be a positive number")


def resolve_axis(layer: Layer, axis: int, blob: BlobSpec) -> int:
    """`axis` counted from the front, as NumPy counts; refuses one that the blob does not have."""
    dims = len(blob.shape)
    if not -dims <= axis < dims:
        raise layer.misfit(f"axis {axis} does not exist in a blob of {blob} ({dims} dimensions)")
    return axis % dims


def resolve_class_axis(layer: Layer, axis: int, blob: BlobSpec) -> int:
    """Like `resolve_axis`, for an operation within each sample: axis 0, the batch, is refused."""
    resolved = resolve_axis(layer, axis, blob)
    if resolved == 0:
        raise layer.misfit(f"axis {axis} of a blob of {blob} is the batch; choose the axis of the classes, e.g. axis=1")
    return resolved


def _example(option: str, count: int) -> str:
    return "[" + ", ".join(f"'{option[:-1]}{k + 1}'" for k in range(count)) + "]"
