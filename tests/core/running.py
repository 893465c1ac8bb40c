"""Run one layer's reference mathematics on any array namespace, and hold its gradient against the slope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

import array_api_strict
import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.plan import Plan
from mocha_core.testing.tolerances import difference_step, slope_tolerance
from mocha_core.testing.values import grid

Host = np.ndarray[Any, np.dtype[Any]]
on_numpy_and_strict = pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])


def plan(layer: Layer, xs: Sequence[Host]) -> Plan:
    """The layer's plan for bottoms like these."""
    return layer.plan(tuple(BlobSpec(x.shape, x.dtype.name) for x in xs))


def parameters(layer: Layer, xs: Sequence[Host], dtype: str = "float64") -> dict[str, Host]:
    """Some values for the layer's parameters."""
    return {p.name: grid(p.shape, seed=7 + k).astype(dtype) for k, p in enumerate(plan(layer, xs).params)}


def forward(xp: ModuleType, layer: Layer, xs: Sequence[Host], params: dict[str, Host] | None = None) -> list[Host]:
    """The tops on the host; they have the shapes and types that the plan says."""
    params = parameters(layer, xs, xs[0].dtype.name) if params is None else params
    values = Values(xs=tuple(map(xp.asarray, xs)), params={k: xp.asarray(p) for k, p in params.items()})
    tops = [np.asarray(y) for y in layer.forward(xp, values)]
    assert [BlobSpec(y.shape, y.dtype.name) for y in tops] == list(plan(layer, xs).tops)
    return tops


def backward(
    xp: ModuleType,
    layer: Layer,
    xs: Sequence[Host],
    dys: Sequence[Host],
    params: dict[str, Host] | None = None,
    wants: tuple[bool, ...] | None = None,
) -> tuple[list[Host | None], dict[str, Host]]:
    """The gradients on the host. What the plan does not save is NaN by then, so a layer that lies is found out."""
    params = parameters(layer, xs, xs[0].dtype.name) if params is None else params
    ys, facts = forward(xp, layer, xs, params), plan(layer, xs)
    values = Values(
        xs=tuple(xp.asarray(x if facts.reads_again("x", k) else x * np.nan) for k, x in enumerate(xs)),
        ys=tuple(xp.asarray(y if facts.reads_again("y", k) else y * np.nan) for k, y in enumerate(ys)),
        dys=tuple(map(xp.asarray, dys)),
        params={k: xp.asarray(p) for k, p in params.items()},
        wants=wants or (True,) * len(xs),
    )
    grads = layer.backward(xp, values)
    return [None if g is None else np.asarray(g) for g in grads.xs], {k: np.asarray(g) for k, g in grads.params.items()}


def assert_gradient_is_slope(xp: ModuleType, layer: Layer, xs: Sequence[Host]) -> None:
    """Central differences in float64 along one direction for each bottom and each parameter."""
    params = parameters(layer, xs)
    ys = forward(np, layer, xs, params)
    dys = [grid(y.shape, seed=20 + k) for k, y in enumerate(ys)]
    dxs, dparams = backward(xp, layer, xs, dys, params)
    assert dparams.keys() == params.keys()
    terms, scale = sum(y.size for y in ys), _loss(map(np.abs, dys), map(np.abs, ys))
    h = difference_step()
    for where, gradient in [*enumerate(dxs), *dparams.items()]:
        direction = grid((xs[where] if isinstance(where, int) else params[where]).shape, seed=99)
        high, low, higher, lower = (
            _loss(dys, forward(np, layer, *_moved(xs, params, where, step * direction)))
            for step in (h, -h, 2 * h, -2 * h)
        )
        fine, coarse = (high - low) / (2 * h), (higher - lower) / (4 * h)
        assert gradient is not None
        assert gradient.shape == direction.shape
        assert abs(np.sum(gradient * direction) - fine) <= slope_tolerance(fine, coarse, terms, scale), where


def _moved(
    xs: Sequence[Host], params: dict[str, Host], where: int | str, by: Host
) -> tuple[list[Host], dict[str, Host]]:
    moved = [x + by if k == where else x for k, x in enumerate(xs)]
    return moved, {k: p + by if k == where else p for k, p in params.items()}


def _loss(dys: Iterable[Host], ys: Iterable[Host]) -> float:
    return float(sum(np.sum(dy * y) for dy, y in zip(dys, ys, strict=True)))
