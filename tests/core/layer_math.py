"""Runs a layer's mathematics on host arrays, for tests: on any array namespace, with what is not saved spoilt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import array_api_strict
import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.plan import Plan

Host = np.ndarray[Any, Any]
EPS = float(np.finfo(np.float64).eps)

both_namespaces = pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])


def grid(*shape: int, seed: int = 0, dtype: str = "float64") -> Host:
    """Evenly spaced values between -2 and 2 in random order: no two equal, none zero."""
    size = int(np.prod(shape))
    values = (np.arange(size) - size / 2 + 0.25) * 4 / size
    return np.random.default_rng(seed).permutation(values).reshape(shape).astype(dtype)


def plan_of(layer: Layer, xs: Sequence[Host]) -> Plan:
    return layer.plan(tuple(BlobSpec(x.shape, x.dtype.name) for x in xs))


def forward(layer: Layer, xp: Any, xs: Sequence[Host], draws: Sequence[Host] = ()) -> tuple[Host, ...]:
    values = Values(xs=_to(xp, xs), draws=_to(xp, draws))
    return tuple(np.asarray(top) for top in layer.forward(xp, values))


def backward(
    layer: Layer,
    xp: Any,
    xs: Sequence[Host],
    dys: Sequence[Host] | None = None,
    draws: Sequence[Host] = (),
    wants: Sequence[bool] | None = None,
) -> tuple[Host | None, ...]:
    """The gradients by the bottoms; arrays that the plan does not save are NaN by then."""
    plan, ys = plan_of(layer, xs), forward(layer, xp, xs, draws)
    values = Values(
        xs=_to(xp, _saved(plan, "x", xs)),
        ys=_to(xp, _saved(plan, "y", ys)),
        dys=_to(xp, dys if dys is not None else [np.ones_like(y) for y in ys]),
        draws=_to(xp, _saved(plan, "draw", draws)),
        wants=tuple(wants if wants is not None else [k not in plan.constants for k in range(len(xs))]),
    )
    return tuple(None if dx is None else np.asarray(dx) for dx in layer.backward(xp, values).xs)


def slopes(
    layer: Layer, xs: Sequence[Host], dys: Sequence[Host], k: int, draws: Sequence[Host] = ()
) -> tuple[Host, float]:
    """Central differences of sum(dy * y) by bottom k, with a bound of their error.

    With a step of cbrt(eps), rounding contributes eps*|f|/step = step^2 |f| and truncation step^2 |f'''|/6.
    """
    step = EPS ** (1 / 3)
    slope = np.empty_like(xs[k])
    for index in np.ndindex(*xs[k].shape):
        ends = []
        for sign in (1, -1):
            moved = [x.copy() for x in xs]
            moved[k][index] += sign * step
            tops = forward(layer, np, moved, draws)
            ends.append(sum(float(np.sum(y * dy)) for y, dy in zip(tops, dys, strict=True)))
        slope[index] = (ends[0] - ends[1]) / (2 * step)
    size = sum(float(np.abs(y * dy).sum()) for y, dy in zip(forward(layer, np, xs, draws), dys, strict=True))
    return slope, 16 * step**2 * max(1.0, size, float(np.abs(slope).max()))


def check_gradient(layer: Layer, xp: Any, xs: Sequence[Host], draws: Sequence[Host] = ()) -> None:
    """Every gradient that the layer gives is the slope of its forward."""
    dys = [grid(*top.shape, seed=7 + k) for k, top in enumerate(plan_of(layer, xs).tops)]
    if layer.traits.loss:
        dys = [np.ones(())] * len(dys)
    given = backward(layer, xp, xs, dys, draws)
    assert any(dx is not None for dx in given)
    for k, dx in enumerate(given):
        if dx is not None:
            slope, bound = slopes(layer, xs, dys, k, draws)
            np.testing.assert_allclose(dx, slope, rtol=0, atol=bound)


def tolerance(terms: int, scale: float = 1.0) -> float:
    """Bound of the rounding error of a float64 sum of so many terms."""
    return 8 * EPS * float(np.sqrt(terms)) * scale


def _to(xp: Any, arrays: Sequence[Host]) -> tuple[Any, ...]:
    return tuple(xp.asarray(array.copy()) for array in arrays)


def _saved(plan: Plan, kind: str, arrays: Sequence[Host]) -> list[Host]:
    return [a if plan.reads_again(kind, k) else np.full_like(a, np.nan) for k, a in enumerate(arrays)]
