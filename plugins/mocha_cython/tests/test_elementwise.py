"""Element-by-element functions: the mathematics of the core, at every level, for any size, also over their input."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import Neurons
from mocha_core.layers import ElementWiseFunctors as F
from mocha_core.testing import grid
from mocha_cython._elementwise import OPERATIONS, Map, add_to
from mocha_cython._levels import best
from mocha_cython.kernels.neuron import FORMULAS
from mocha_cython.kernels.power import POWERS

Host = np.ndarray[Any, np.dtype[Any]]
levels = pytest.mark.parametrize("level", range(best() + 1))
SIZES = (1, 3, 4, 7, 16, 17, 33, 50)
EXTREMES = [-np.inf, -1e30, -200.0, -88.0, -25.0, -1.0, -0.35, -1e-5, -1e-30, -0.0]
EXTREMES += [0.0, 1e-30, 1e-5, 0.35, 1.0, 25.0, 88.0, 200.0, 1e30, np.inf, np.nan]
NEURONS = [
    Neurons.ReLU(),
    Neurons.ReLU(0.5),
    Neurons.LReLU(0.125),
    Neurons.Sigmoid(),
    Neurons.Tanh(),
    Neurons.Exponential(),
    Neurons.ELU(0.5),
    Neurons.Softplus(),
    Neurons.Swish(1.5),
    Neurons.GELU(),
]
neurons = pytest.mark.parametrize("neuron", NEURONS, ids=repr)
EPS, TINY, LARGEST = (float(getattr(np.finfo("float32"), name)) for name in ("eps", "tiny", "max"))


def run(level: int, threads: int, name: str, numbers: tuple[float, ...], *inputs: Host) -> Host:
    """The result, computed into an array of its own and over the first input, within guards."""
    size = inputs[0].size
    around = np.full(size + 2, np.nan, "float32")
    spent = inputs[0].copy()
    Map(level, threads, name, numbers, around[1:-1], *inputs).run()
    Map(level, threads, name, numbers, spent, spent, *inputs[1:]).run()
    assert np.isnan(around[[0, -1]]).all()
    assert np.array_equal(spent, around[1:-1], equal_nan=True)
    return around[1:-1]


def single(shape: tuple[int, ...], seed: int) -> Host:
    return grid(shape, seed).astype("float32")


def numbers_of(neuron: Any) -> tuple[float, ...]:
    return FORMULAS[type(neuron)].numbers(neuron)


def test_every_neuron_is_tested() -> None:
    assert {type(neuron) for neuron in NEURONS} == set(FORMULAS)


def exponent(neuron: Any, x: Host) -> Host:
    """How large the number is that a neuron with a gate raises e to: its rounding error shows in the gate."""
    if isinstance(neuron, Neurons.Swish):
        return np.abs(neuron.beta * x)
    if isinstance(neuron, Neurons.GELU):
        return np.abs(neuron.RATE * x * (1 + neuron.CUBIC * x * x))
    return np.zeros_like(x)


@levels
@neurons
def test_neurons_everywhere(neuron: Any, level: int) -> None:
    """A value is wrong by a few roundings at most; x times something that tends to 0 has no value at -inf."""
    spread = np.concatenate([np.linspace(-30, 30, 5001), EXTREMES[1:] if neuron.from_input else EXTREMES])
    x = spread.astype("float32")
    got = run(level, 1, FORMULAS[type(neuron)].ahead, numbers_of(neuron), x)
    with np.errstate(all="ignore"):
        want = neuron.forward(np, x.astype("float64"))
        size = np.nan_to_num(exponent(neuron, x.astype("float64")))
        off = np.abs(got - want) > 4 * EPS * (1 + np.minimum(size, 100)) * np.abs(want) + TINY
    right = (got == want) | (np.isposinf(got) & (want > LARGEST))
    assert not x[off & ~right].size
    assert np.array_equal(np.isnan(got), np.isnan(want))


@levels
@neurons
def test_slopes(neuron: Any, level: int) -> None:
    y, dy = (side.reshape(-1) for side in np.meshgrid([-0.375, 0.0, 0.25, 0.75], [-3.0, 0.0, 0.5, 1.25]))
    want = neuron.backward(np, y, dy)
    got = run(level, 1, FORMULAS[type(neuron)].back, numbers_of(neuron), y.astype("float32"), dy.astype("float32"))
    np.testing.assert_allclose(got, want, rtol=16 * EPS, atol=0)


@levels
@pytest.mark.parametrize("neuron", [neuron for neuron in NEURONS if neuron.from_input], ids=repr)
def test_far_out_a_gate_is_open_or_shut(neuron: Any, level: int) -> None:
    """Also where x times the number that goes into the gate is more than a float can hold."""
    x = np.array([-LARGEST, -1e38, -3e37, -1e20, -1e3, 1e3, 1e20, 3e37, 1e38, LARGEST], "float32")
    got = run(level, 1, FORMULAS[type(neuron)].back, numbers_of(neuron), x, np.full_like(x, 0.75))
    assert np.array_equal(got, np.where(x > 0, 0.75, 0.0))


@levels
def test_where_relu_is_flat_nothing_comes_through(level: int) -> None:
    y, dy = (np.array(side, "float32") for side in ([0, 1, np.nan, 0, 2, 0], [np.nan, np.nan, 2, np.inf, 3, -np.inf]))
    got = run(level, 1, "relu_back", (0.0,), y, dy)
    assert np.array_equal(got, Neurons.ReLU().backward(np, y, dy), equal_nan=True)


@levels
@pytest.mark.parametrize("kind", [F.Add(), F.Subtract(), F.Multiply(), F.Divide()], ids=repr)
def test_two_arrays(kind: Any, level: int) -> None:
    name = type(kind).__name__.lower()
    for size in SIZES:
        a, b = single((size,), 0), single((size,), 1)
        assert np.array_equal(run(level, 1, name, (), a, b), kind.y(a, b))


@levels
@pytest.mark.parametrize(("name", "kind"), [("multiply_back", F.Multiply()), ("divide_back", F.Divide())])
def test_both_gradients_at_once_over_that_of_the_top(name: str, kind: Any, level: int) -> None:
    for size in SIZES:
        a, b, dy = (single((size,), seed) for seed in range(3))
        y = kind.y(a, b)
        first = a if isinstance(kind, F.Multiply) else y
        da, db = kind.da(a, b, y, dy), kind.db(a, b, y, dy)
        for spent in "ab":
            c, other = dy.copy(), np.empty_like(dy)
            left, right = (c, other) if spent == "a" else (other, c)
            Map(level, 1, name, (), left, first, b, c, z=right).run()
            np.testing.assert_allclose(left, da, rtol=4 * EPS)
            np.testing.assert_allclose(right, db, rtol=4 * EPS)


@levels
@pytest.mark.parametrize("power", POWERS)
def test_powers(power: float, level: int) -> None:
    scale, shift = 1.5, 0.75
    for size in SIZES:
        x, dy = np.abs(single((size,), 0)), single((size,), 1)
        base = scale * x.astype("float64") + shift
        numbers = (scale, shift, power * scale)
        np.testing.assert_allclose(run(level, 1, POWERS[power], numbers, x), base**power, rtol=8 * EPS)
        if power != 1:
            got = run(level, 1, f"{POWERS[power]}_back", numbers, x, dy)
            np.testing.assert_allclose(got, dy * power * scale * base ** (power - 1), rtol=8 * EPS)


@levels
@pytest.mark.parametrize("operation", OPERATIONS)
def test_threads_and_tasks_change_no_bit(operation: str, level: int) -> None:
    """An array of several tasks is computed as its elements are in another, shifted by one."""
    a, b, c = (np.abs(single((40003,), seed)) for seed in range(3))
    results = []
    for threads, start in itertools.product((1, 2, 3), (0, 1)):
        y, z = np.zeros((2, a.size - start), "float32")
        Map(level, threads, operation, (0.5, 0.25, 2.0), y, a[start:], b[start:], c[start:], z=z).run()
        results.append((y[1 - start :].tobytes(), z[1 - start :].tobytes()))
    assert results[1:] == results[:-1]


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="add of arrays of 4 and 3 elements"):
        Map(0, 1, "add", (), np.zeros(3, "float32"), np.zeros(3, "float32"), np.zeros(4, "float32"))


@levels
def test_adding_to_an_array(level: int) -> None:
    for threads, size in itertools.product((1, 2, 3), (*SIZES, 40003)):
        y, x = single((size,), 0), single((size,), 1)
        want = y + x
        add_to(level, threads, y, x)
        assert np.array_equal(y, want)
