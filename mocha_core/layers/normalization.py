"""What a loss over labels is divided by, and which label it does not hear."""

from __future__ import annotations

from typing import Any, Protocol

from ..blob import Array

NORMALIZATIONS = ("valid", "full", "batch", "none")


class Normalized(Protocol):
    """A loss with these options."""

    @property
    def weight(self) -> float: ...
    @property
    def ignore_label(self) -> int | None: ...
    @property
    def normalization(self) -> str: ...


def check_normalization(layer: Any) -> None:
    """Refuse options that are none."""
    if layer.normalization not in NORMALIZATIONS:
        names = ", ".join(map(repr, NORMALIZATIONS))
        raise layer.refuse(f"normalization={layer.normalization!r} must be one of {names}")


def varies(layer: Normalized) -> bool:
    """Whether only the labels tell what the sum over them is divided by."""
    return layer.ignore_label is not None and layer.normalization == "valid"


def normalizer(layer: Normalized, labels: int, outer: int) -> int:
    """What the sum over so many labels is divided by, where that does not vary; `outer` is Caffe's batch size."""
    return {"valid": labels, "full": labels, "batch": outer, "none": 1}[layer.normalization]


def heard(xp: Any, label: Array, ignored: int | None) -> Array:
    """1 for each (rounded) label that counts, 0 for the one to ignore."""
    return xp.ones_like(label) if ignored is None else xp.astype(xp.round(label) != ignored, label.dtype)


def rate(xp: Any, layer: Normalized, label: Array, outer: int) -> Any:
    """weight / normalizer, which is 1 where all labels are to be ignored, as in Caffe."""
    if not varies(layer):
        return layer.weight / normalizer(layer, label.size, outer)
    count = xp.sum(heard(xp, label, layer.ignore_label))
    return layer.weight / xp.maximum(count, xp.ones_like(count))


def averaged(xp: Any, layer: Normalized, total: Array, label: Array, outer: int) -> tuple[Array, ...]:
    """The tops of a loss that is this sum over labels: weight / normalizer of it, and their number if that varies."""
    loss = rate(xp, layer, label, outer) * total
    return (loss, xp.sum(heard(xp, label, layer.ignore_label))) if varies(layer) else (loss,)
