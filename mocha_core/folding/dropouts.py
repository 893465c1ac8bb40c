"""Dropout does nothing in the test phase; a net for prediction needs no layer for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..layer import Layer
from ..layers.dropout import DropoutLayer
from ..layers.identity import IdentityLayer
from ..plan import TEST


def dropouts(layers: Sequence[Layer]) -> list[str]:
    """Names of the dropout layers that take part in the test phase."""
    return [layer.name for layer in layers if isinstance(layer, DropoutLayer) and TEST in layer.phases]


def without(names: Collection[str], layers: Sequence[Layer], pinned: Collection[str]) -> tuple[Layer, ...]:
    """The layers of the test phase without those identities that stand for dropouts of these names.

    One stays where its top is kept or an end of the net, or where a layer in place on its top would change the bottom
    for others.
    """
    for name in names:
        found = next((layer for layer in layers if isinstance(layer, IdentityLayer) and layer.name == name), None)
        if found is not None and _is_needless(found, layers, pinned):
            others = [layer for layer in layers if layer is not found]
            layers = _renamed(others, dict(zip(found.tops, found.bottoms, strict=True)))
    return tuple(layers)


def _is_needless(identity: Layer, layers: Sequence[Layer], pinned: Collection[str]) -> bool:
    return all(
        top not in pinned and _readers(layers, top) and (not _changed(layers, top) or _is_alone(layers, bottom, pinned))
        for bottom, top in zip(identity.bottoms, identity.tops, strict=True)
    )


def _readers(layers: Sequence[Layer], blob: str) -> int:
    return sum(layer.bottoms.count(blob) for layer in layers if not layer.in_place)


def _changed(layers: Sequence[Layer], blob: str) -> bool:
    """Whether some layer works on it in place."""
    return any(layer.in_place and blob in layer.bottoms for layer in layers)


def _is_alone(layers: Sequence[Layer], blob: str, pinned: Collection[str]) -> bool:
    """Whether nobody but the identity looks at the blob."""
    return blob not in pinned and _readers(layers, blob) == 1


def _renamed(layers: Sequence[Layer], names: Mapping[str, str]) -> tuple[Layer, ...]:
    """The layers, reading the blobs under their new names."""
    return tuple(
        layer.replace(bottoms=tuple(names.get(name, name) for name in layer.bottoms))
        if names.keys() & set(layer.bottoms)
        else layer
        for layer in layers
    )
