"""Initializers: distributions, reproducibility, orthogonality in both aspect ratios."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.constraints import NoCons
from mocha_core.errors import OptionError, ShapeError
from mocha_core.initializers import (
    BilinearInitializer,
    ConstantInitializer,
    GaussianInitializer,
    Initializer,
    MsraInitializer,
    NullInitializer,
    OrthogonalInitializer,
    UniformInitializer,
    XavierInitializer,
)
from mocha_core.plan import ParamSpec
from mocha_core.random import Stream
from mocha_core.regularizers import NoRegu

ALL = [
    NullInitializer(),
    ConstantInitializer(0.5),
    XavierInitializer(),
    GaussianInitializer(1.0, 2.0),
    OrthogonalInitializer(),
    MsraInitializer(),
    UniformInitializer(-1.0, 2.0),
    BilinearInitializer(),
]
RANDOM = ALL[2:-1]


def draw(
    initializer: Initializer, shape: tuple[int, ...], seed: int = 3, fan_in: int = 12, fan_out: int = 4
) -> np.ndarray:
    param = ParamSpec("weight", shape, initializer, NoRegu(), NoCons(), fan_in=fan_in, fan_out=fan_out)
    return initializer.values(param, Stream(seed, "ip", "init/weight"))


@pytest.mark.parametrize("initializer", ALL, ids=repr)
def test_shape_type_and_reproducibility(initializer: Initializer) -> None:
    values = draw(initializer, (5, 2, 3))
    assert values.shape == (5, 2, 3)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, draw(initializer, (5, 2, 3)))


@pytest.mark.parametrize("initializer", RANDOM, ids=repr)
def test_another_seed_gives_other_values(initializer: Initializer) -> None:
    assert (draw(initializer, (4, 7)) != draw(initializer, (4, 7), seed=4)).any()


def test_constants() -> None:
    assert (draw(NullInitializer(), (2, 3)) == 0).all()
    assert (draw(ConstantInitializer(), (2, 3)) == 0).all()
    assert (draw(ConstantInitializer(0.5), (2, 3)) == 0.5).all()


def test_xavier_is_uniform_with_variance_one_over_fan_in() -> None:
    count, fan_in = 40_000, 12
    values = draw(XavierInitializer(), (count,), fan_in=fan_in)
    limit, variance = math.sqrt(3 / fan_in), 1 / fan_in
    assert np.abs(values).max() <= limit
    assert np.abs(values).max() >= limit * (1 - 20 / count)
    assert abs(values.mean()) <= 5 * math.sqrt(variance / count)
    # the variance of x^2 is (9/5 - 1) variance^2 for a uniform distribution
    assert abs(values.var() - variance) <= 5 * variance * math.sqrt(0.8 / count)


def test_gaussian_has_mean_and_deviation() -> None:
    count, mean, std = 40_000, 1.0, 2.0
    values = draw(GaussianInitializer(mean, std), (count,))
    assert abs(values.mean() - mean) <= 5 * std / math.sqrt(count)
    assert abs(values.std() - std) <= 5 * std / math.sqrt(2 * count)
    assert (np.abs(values - mean) > 2 * std).mean() == pytest.approx(0.0455, abs=5 * math.sqrt(0.0455 / count))


@pytest.mark.parametrize(("fan", "size"), [("in", 12), ("out", 4), ("average", 8)])
def test_msra_is_normal_with_variance_two_over_fan(fan: str, size: int) -> None:
    count, variance = 40_000, 2 / size
    values = draw(MsraInitializer(fan), (count,))  # type: ignore[arg-type]
    assert abs(values.mean()) <= 5 * math.sqrt(variance / count)
    # the variance of x^2 is 2 variance^2 for a normal distribution
    assert abs(values.var() - variance) <= 5 * variance * math.sqrt(2 / count)


def test_uniform_fills_its_interval() -> None:
    count, low, high = 40_000, -1.0, 2.0
    values = draw(UniformInitializer(low, high), (count,))
    assert low <= values.min() <= low + 20 * (high - low) / count
    assert high - 20 * (high - low) / count <= values.max() <= high
    assert abs(values.mean() - 0.5) <= 5 * (high - low) / math.sqrt(12 * count)


def test_bilinear_is_a_tent_along_each_axis() -> None:
    filters = draw(BilinearInitializer(), (2, 3, 4, 5))
    down, right = [0.25, 0.75, 0.75, 0.25], np.array([1, 2, 3, 2, 1]) / 3
    for tent in filters.reshape(6, 4, 5):
        np.testing.assert_allclose(tent, np.outer(down, right), rtol=4 * np.finfo(float).eps)


def test_bilinear_refuses_what_has_no_kernel() -> None:
    with pytest.raises(ShapeError, match=r"'weight' of shape \(3, 2\) has no kernel"):
        draw(BilinearInitializer(), (3, 2))


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (5, 5), (4, 3, 2, 5), (20, 1, 3, 3)])
def test_orthogonal_in_both_aspect_ratios(shape: tuple[int, ...]) -> None:
    matrix = draw(OrthogonalInitializer(gain=2.0), shape).reshape(shape[0], -1)
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=32 * np.finfo(float).eps * math.sqrt(matrix.size))


def test_orthogonal_is_uniform_over_rotations_and_reflections() -> None:
    corners = [draw(OrthogonalInitializer(), (2, 2), seed=s)[0, 0] for s in range(400)]
    assert abs(np.mean(corners)) <= 5 * math.sqrt(0.5 / 400)


def test_orthogonal_refuses_a_vector() -> None:
    with pytest.raises(ShapeError, match=r"'weight' of shape \(3,\) is no matrix"):
        draw(OrthogonalInitializer(), (3,))


@pytest.mark.parametrize("shape", [(), (1,)], ids=str)
@pytest.mark.parametrize(
    "initializer", [UniformInitializer(), GaussianInitializer(), ConstantInitializer(0.25)], ids=repr
)
def test_a_single_number_can_be_drawn(initializer: Initializer, shape: tuple[int, ...]) -> None:
    assert draw(initializer, shape).shape == shape


def test_impossible_options_are_refused() -> None:
    with pytest.raises(OptionError, match='fan is "in", "out" or "average"'):
        MsraInitializer("both")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match=r"low must not be above high, not 1\.0 and 0\.5"):
        UniformInitializer(1.0, 0.5)


def test_negative_deviation_is_refused() -> None:
    with pytest.raises(OptionError, match="std is at least 0"):
        GaussianInitializer(std=-1.0)
