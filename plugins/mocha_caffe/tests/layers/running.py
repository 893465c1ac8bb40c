"""Runs one layer's mathematics on NumPy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mocha_core import BlobSpec, Layer, Plan, Values

Host = np.ndarray[Any, Any]


def plan_of(layer: Layer, *xs: Host) -> Plan:
    return layer.plan(tuple(BlobSpec(x.shape, x.dtype.name) for x in xs))


def forward(layer: Layer, *xs: Host) -> tuple[Host, ...]:
    """The tops; they have the shapes that the plan says."""
    tops = tuple(layer.forward(np, Values(xs=xs)))
    assert [top.shape for top in tops] == [top.shape for top in plan_of(layer, *xs).tops]
    return tops


def backward(layer: Layer, xs: Sequence[Host], dys: Sequence[Host]) -> tuple[Host | None, ...]:
    plan = plan_of(layer, *xs)
    wants = tuple(k not in plan.constants for k in range(len(xs)))
    return layer.backward(np, Values(xs=tuple(xs), ys=forward(layer, *xs), dys=tuple(dys), wants=wants)).xs
