"""Neurons at the edges of what floats can hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import Neurons
from mocha_cpu.kernels.neurons import BODIES

EXTREMES = [-np.inf, -1e30, -200.0, -80.0, -1.0, -1e-30, -0.0, 0.0, 1e-30, 1.0, 80.0, 200.0, 1e30, np.inf, np.nan]

SMOOTH = [Neurons.Sigmoid(), Neurons.Tanh(), Neurons.ELU(0.5), Neurons.Softplus()]
GATED = [Neurons.Swish(1.5), Neurons.GELU()]
"""x times something that tends to 0, so there is no value for -inf."""


def body(neuron: Any, size: int, dtype: str) -> Any:
    make = BODIES[type(neuron)]
    return make(neuron, np.full(make.works * size, np.nan, dtype), np.zeros(size, bool))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("neuron", [*SMOOTH, *GATED, Neurons.ReLU(), Neurons.ReLU(0.5), Neurons.LReLU()])
def test_forward(neuron: Any, dtype: str) -> None:
    x = np.array(EXTREMES[1:] if neuron.from_input else EXTREMES, dtype)
    want = neuron.forward(np, x.astype("float64"))
    got = x.copy()
    body(neuron, x.size, dtype).forward(got, got)
    # Powers of e near the smallest float32 lose bits.
    np.testing.assert_allclose(got, want, rtol=8 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny)


@pytest.mark.parametrize("neuron", [*SMOOTH, *GATED, Neurons.ReLU(), Neurons.LReLU()])
def test_gradient(neuron: Any) -> None:
    y, dy = pairs([-0.5, 0.0, 0.25, 0.75], [-3.0, 0.0, 0.5])
    want = neuron.backward(np, y, dy)
    got = dy.copy()
    body(neuron, y.size, "float64").backward(y, got, got)
    np.testing.assert_allclose(got, want, rtol=4 * np.finfo(float).eps)


@pytest.mark.parametrize("neuron", GATED)
def test_far_out_a_gate_is_open_or_shut(neuron: Any) -> None:
    """Also where x times the number that goes into the gate is more than a float can hold."""
    x = np.array([-3.4e38, -1e38, -1e20, -1e3, 1e3, 1e20, 1e38, 3.4e38], "float32")
    got = np.full_like(x, 0.75)
    with np.errstate(over="ignore"):
        body(neuron, x.size, "float32").backward(x, got, got)
    assert np.array_equal(got, np.where(x > 0, 0.75, 0.0))


def test_where_relu_is_flat_nothing_comes_through() -> None:
    y, dy = pairs([0.0, 1.0, np.nan], [-np.inf, np.nan, 2.0])
    got = dy.copy()
    body(Neurons.ReLU(), y.size, "float64").backward(y, got, got)
    assert np.array_equal(got, Neurons.ReLU().backward(np, y, dy), equal_nan=True)
    assert np.isfinite(got[y == 0]).all()


def pairs(ys: list[float], dys: list[float]) -> list[Any]:
    return [np.array(side).reshape(-1) for side in np.meshgrid(ys, dys)]
