"""Nets to test that take their parameters from the net that is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from mocha_core.layer import Layer

from ..layers.borrowing import BorrowingLayer
from ..translate.sharing import OPTIONS


def like_trained(layers: Sequence[Layer], trained: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers, those with parameters of the trained net's with its options of how they start and learn.

    Caffe compares shapes only: a prototxt for testing may well leave out fillers and multipliers.
    """
    lenders = {(type(layer), layer.key): layer for layer in trained}
    return tuple(_like(layer, lenders.get((type(layer), layer.key))) for layer in layers)


def _like(layer: Layer, lender: Layer | None) -> Layer:
    if lender is None:
        return layer
    if isinstance(layer, BorrowingLayer) and isinstance(lender, BorrowingLayer):
        return layer.replace(member=_like(layer.member, lender.member))
    names = [field.name for field in fields(layer) if field.name.endswith(OPTIONS)]
    return layer.replace(**{name: getattr(lender, name) for name in names})
