"""Kernels that work element by element: whole vectors, rests, memory that no vector fits on, results over operands."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    DropoutLayer,
    ElementWiseFunctors,
    ElementWiseLayer,
    ExpLayer,
    NeuronLayer,
    Neurons,
    PowerLayer,
    ThresholdLayer,
)
from mocha_core.neurons import Neuron as NeuronSpec
from mocha_core.testing import Case, ReferenceBackend, grid, tolerance
from mocha_cuda.kernels.dropout import Dropout
from mocha_cuda.kernels.element_wise import ElementWise, WeightedSum
from mocha_cuda.kernels.functions import Exp, Power, Threshold
from mocha_cuda.kernels.neuron import FORMULAS, Neuron, numbers_of
from mocha_cuda.simulation import SimulatedDevice

from .trying import bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler

SIZES = (1, 3, 4, 5, 1023, 1024, 1025, 4099)
NEURONS: list[NeuronSpec] = [kind() for kind in FORMULAS]
F = ElementWiseFunctors


@pytest.mark.parametrize("neuron", NEURONS, ids=repr)
def test_every_neuron_in_every_size(neuron: NeuronSpec):
    layer = NeuronLayer(name="n", neuron=neuron, bottoms=["x"], tops=["y"])
    for size in SIZES:
        check(Case(layer, bottoms((1, size))), Neuron)


@pytest.mark.parametrize("neuron", NEURONS, ids=repr)
def test_far_and_missing_numbers(neuron: NeuronSpec):
    """Far out, at the kinks, at the ends of the range, and NaN. Slopes are made of y, so they are as exact as y is."""
    far = [-np.inf, -3e38, -90.0, -20.0], [20.0, 80.0, 3e38, np.inf, np.nan]
    x = np.array([[*far[0], -1.0, -0.0, 0.0, 0.5, 1.0, *far[1]]], "float32")
    case = Case(NeuronLayer(name="n", neuron=neuron, bottoms=["x"], tops=["y"]), bottoms(x.shape))
    dy = grid(x.shape, 3)
    want, got = (outcome(case, backend, [x], dy) for backend in (ReferenceBackend(), simulated()))
    inside = np.isfinite(x)
    for name, values in want.items():
        values, least = values.astype("float32"), 1e-30 if name == "top 0" else tolerance("float32", 1, 1.0)
        np.testing.assert_allclose(got[name][inside], values[inside], rtol=2e-6, atol=least, err_msg=name)
    np.testing.assert_array_equal(np.isnan(got["top 0"]), np.isnan(want["top 0"]))


def test_memory_that_no_vector_fits_on():
    """Views that begin at any element: the same bits as where vectors fit, and nothing beyond the end is written."""
    device = SimulatedDevice()
    run, numbers = device.function("neurons", "neuron_forward"), numbers_of(Neurons.Tanh())
    for size in (1, 4, 7, 1030):
        x = grid((size,), 1).astype("float32")
        found = []
        for to, out in ((0, 0), (1, 0), (0, 3), (2, 1)):
            source, target = (device.empty((size + 8,), "float32") for _ in range(2))
            source[:] = 0.5
            source[out : out + size] = x
            run(-(-size // 1024), 256, target[to : to + size], source[out : out + size], size, *numbers)
            assert np.isnan(target[:to]).all()
            assert np.isnan(target[to + size :]).all()
            found.append(target[to : to + size].tobytes())
        assert len(set(found)) == 1


@pytest.mark.parametrize("operation", [F.Add(), F.Subtract(), F.Multiply(), F.Divide(), F.Product(), F.Maximum()])
def test_operations_on_two(operation: F):
    layer = ElementWiseLayer(operation=operation, bottoms=["a", "b"], tops=["y"])
    for size in SIZES:
        check(Case(layer, bottoms((size,), (size,))), ElementWise)
        check(Case(layer, bottoms((size,), (size,))), ElementWise, wants=(False, True))


def test_the_larger_of_equals_and_of_nan():
    a = np.array([1, 2, np.nan, 3, np.nan], "float32")
    b = np.array([1, 3, 1, np.nan, np.nan], "float32")
    case = Case(ElementWiseLayer(operation=F.Maximum(), bottoms=["a", "b"], tops=["y"]), bottoms((5,), (5,)))
    want, got = (outcome(case, backend, [a, b], np.ones(5)) for backend in (ReferenceBackend(), simulated()))
    for name, values in want.items():
        np.testing.assert_array_equal(got[name], values, err_msg=name)


@pytest.mark.parametrize("coefficients", [(), (1.0, -2.0, 0.5, 1.0, 3.0)])
def test_sums_of_many(coefficients: tuple[float, ...]):
    layer = ElementWiseLayer(operation=F.Sum(coefficients), bottoms=[*"abcde"], tops=["y"])
    for size in (5, 1029):
        check(Case(layer, bottoms(*[(size,)] * 5)), WeightedSum)


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0, 3.0, -1.0])
def test_powers(power: float):
    layer = PowerLayer(power=power, scale=0.5, shift=2.0, bottoms=["x", "z"], tops=["y", "w"])
    check(Case(layer, bottoms((3, 1023), (5,))), Power)


def test_exponentials_and_thresholds():
    for size in SIZES:
        check(Case(ExpLayer(base=2, scale=0.5, shift=1.0, bottoms=["x"], tops=["y"]), bottoms((size,))), Exp)
        check(Case(ThresholdLayer(threshold=0.1, bottoms=["x"], tops=["y"]), bottoms((size,))), Threshold)


@pytest.mark.parametrize("auto_scale", [True, False])
def test_dropout_is_that_of_every_backend(auto_scale: bool):
    for size in SIZES:
        layer = DropoutLayer(name="d", ratio=0.3, auto_scale=auto_scale, bottoms=["x"], tops=["y"])
        got = check(Case(layer, bottoms((size,))), Dropout)
    assert 0.2 < np.mean(got["top 0"] == 0) < 0.4
