"""Neurons: values, gradients from the output, and the in-place layer that applies them."""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.neuron import NeuronLayer
from mocha_core.neurons import Neuron, Neurons
from mocha_core.testing.values import grid

from .running import assert_gradient_is_slope, backward, forward, on_numpy_and_strict, plan

ALL = [
    Neurons.Identity(),
    Neurons.ReLU(),
    Neurons.ReLU(0.3),
    Neurons.LReLU(),
    Neurons.LReLU(0.25),
    Neurons.Sigmoid(),
    Neurons.Tanh(),
    Neurons.Exponential(),
    Neurons.Abs(),
    Neurons.Clip(-0.3, 1.5),
    Neurons.ELU(),
    Neurons.ELU(0.5),
    Neurons.Softplus(),
    Neurons.Swish(),
    Neurons.Swish(1.5),
    Neurons.GELU(),
]
FROM_INPUT = (Neurons.Swish, Neurons.GELU, Neurons.Abs)
X = np.array([-1000.0, -2.0, 0.0, 0.25, 3.0])


def apply(neuron: Neuron) -> NeuronLayer:
    return NeuronLayer(name="n", bottoms=["x"], neuron=neuron)


@on_numpy_and_strict
@pytest.mark.parametrize("neuron", ALL, ids=repr)
def test_gradient_is_slope(xp: ModuleType, neuron: Neuron) -> None:
    assert_gradient_is_slope(xp, apply(neuron), [3 * grid((2, 3, 5))])


@on_numpy_and_strict
@pytest.mark.parametrize("neuron", ALL, ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_element_type(xp: ModuleType, neuron: Neuron, dtype: str) -> None:
    x = grid((2, 3)).astype(dtype)
    (dx,), _ = backward(xp, apply(neuron), [x], [x])
    assert dx is not None
    assert dx.dtype == dtype


@on_numpy_and_strict
@pytest.mark.parametrize(
    ("neuron", "expected"),
    [
        (Neurons.ReLU(), [0, 0, 0, 0.25, 3]),
        (Neurons.ReLU(0.3), [0.3, 0.3, 0.3, 0.3, 3]),
        (Neurons.LReLU(), [-10, -0.02, 0, 0.25, 3]),
        (Neurons.Sigmoid(), [0, 0.11920292202211755, 0.5, 0.5621765008857981, 0.9525741268224334]),
        (Neurons.Tanh(), [-1, -0.9640275800758169, 0, 0.24491866240370913, 0.9950547536867305]),
        (Neurons.Exponential(), [0, 0.1353352832366127, 1, 1.2840254166877414, 20.085536923187668]),
        (Neurons.LReLU(0.25), [-250, -0.5, 0, 0.25, 3]),
        (Neurons.ELU(0.5), [-0.5, -0.43233235838169365, 0, 0.25, 3]),
        (Neurons.Softplus(), [0, 0.1269280110429726, 0.6931471805599453, 0.8259394198788435, 3.0485873515737421]),
        (Neurons.Swish(), [0, -0.2384058440442351, 0, 0.14054412522144952, 2.8577223804672998]),
        (Neurons.Swish(1.5), [0, -0.09485174635513356, 0, 0.14816664998851742, 2.9670391721082208]),
        (Neurons.Abs(), [1000, 2, 0, 0.25, 3]),
        (Neurons.Clip(-2.5, 1.5), [-2.5, -2, 0, 0.25, 1.5]),
        (Neurons.GELU(), [0, -0.04540230591222494, 0, 0.149675350701685, 2.996362607918227]),
    ],
    ids=repr,
)
def test_values(xp: ModuleType, neuron: Neuron, expected: list[float]) -> None:
    (y,) = forward(xp, apply(neuron), [X])
    np.testing.assert_allclose(y, expected, rtol=8 * np.finfo(float).eps)


@on_numpy_and_strict
@pytest.mark.parametrize(
    ("neuron", "slope"),
    [
        (Neurons.ReLU(), 0.0),
        (Neurons.ReLU(0.5), 0.0),
        (Neurons.LReLU(), 0.01),
        (Neurons.ELU(0.5), 0.5),
        (Neurons.Abs(), 0.0),
        (Neurons.Clip(0.0, 6.0), 0.0),
    ],
    ids=repr,
)
def test_slope_at_the_kink(xp: ModuleType, neuron: Neuron, slope: float) -> None:
    kink = np.full((1, 1), getattr(neuron, "epsilon", 0.0))
    (dx,), _ = backward(xp, apply(neuron), [kink], [np.ones((1, 1))])
    assert dx == slope


@pytest.mark.parametrize("neuron", ALL, ids=repr)
def test_nan_stays_visible(neuron: Neuron) -> None:
    (y,) = forward(np, apply(neuron), [np.array([np.nan])])
    assert np.isnan(y).all()


def test_sigmoid_of_very_negative_numbers_is_not_rounded_to_zero() -> None:
    (y,) = forward(np, apply(Neurons.Sigmoid()), [np.array([-700.0])])
    np.testing.assert_allclose(y, np.exp(-700.0), rtol=8 * np.finfo(float).eps)


def test_layer_is_in_place_and_reads_only_its_output() -> None:
    layer = NeuronLayer(name="n", bottoms=["a", "b"], neuron=Neurons.Tanh())
    facts = plan(layer, [np.zeros((2, 3)), np.zeros((4, 5))])
    assert layer.in_place
    assert facts.saves == {"ys"}
    assert facts.overlays == ((0, 0), (1, 1))


@pytest.mark.parametrize("neuron", ALL[1:], ids=repr)
def test_a_neuron_whose_slope_needs_the_input_keeps_it(neuron: Neuron) -> None:
    kept = {"xs"} if isinstance(neuron, FROM_INPUT) else {"ys"}
    assert plan(apply(neuron), [np.zeros((2, 3))]).saves == kept


def test_gelu_is_close_to_x_times_the_normal_distribution() -> None:
    x = np.linspace(-6, 6, 1201)
    exact = x * np.array([0.5 * math.erfc(-t / math.sqrt(2)) for t in x])
    (y,) = forward(np, apply(Neurons.GELU()), [x])
    assert np.abs(y - exact).max() < 5e-4


@on_numpy_and_strict
@pytest.mark.parametrize("neuron", [Neurons.GELU(), Neurons.Swish(), Neurons.ELU(), Neurons.Softplus()], ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_large_inputs_do_not_overflow(xp: ModuleType, neuron: Neuron, dtype: str) -> None:
    x = np.array([-3e38, -1e3, 1e3, 3e38], dtype)
    (y,) = forward(xp, apply(neuron), [x])
    low = -1.0 if isinstance(neuron, Neurons.ELU) else 0.0
    np.testing.assert_allclose(y, [low, low, x[2], x[3]], rtol=8 * np.finfo(dtype).eps, atol=1e-30)
    (dx,), _ = backward(xp, apply(neuron), [x], [np.ones_like(x)])
    np.testing.assert_allclose(dx, [0, 0, 1, 1], rtol=8 * np.finfo(dtype).eps, atol=1e-30)


def test_unwanted_gradients_are_not_computed() -> None:
    layer = NeuronLayer(name="n", bottoms=["a", "b"], neuron=Neurons.Tanh())
    x = np.ones((2, 3))
    dxs, _ = backward(np, layer, [x, x], [x, x], wants=(False, True))
    assert dxs[0] is None
    assert dxs[1] is not None


def test_neuron_of_a_layer_becomes_a_layer_of_its_own() -> None:
    layer = InnerProductLayer(name="ip", output_dim=2, bottoms=["x"], tops=["y"], neuron=Neurons.ReLU(0.5))
    plain, neuron = layer.parts()
    assert plain == layer.replace(neuron=Neurons.Identity())
    assert neuron == NeuronLayer(name="ip/relu", bottoms=["y"], neuron=Neurons.ReLU(0.5))
    assert plain.parts() == (plain,)


@pytest.mark.parametrize(
    ("make", "value", "text"),
    [
        (Neurons.ReLU, math.nan, "ReLU: epsilon"),
        (Neurons.LReLU, 0.0, "LReLU: slope is more than 0 and at most 1, not 0.0; for 0 take ReLU"),
        (Neurons.ELU, -1.0, "ELU: alpha is at least 0, not -1.0"),
        (Neurons.Clip, 1.0, "Clip: low must be below high, not 1.0 and 1.0"),
        (Neurons.Swish, math.inf, "Swish: beta is a finite number"),
    ],
)
def test_impossible_options_are_refused(make: type[Neuron], value: float, text: str) -> None:
    with pytest.raises(OptionError, match=text):
        make(value)  # type: ignore[call-arg]
