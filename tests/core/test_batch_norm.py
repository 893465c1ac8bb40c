"""BatchNormLayer: batch and running statistics, and how the latter come about."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core import BatchNormLayer, BlobSpec, OptionError, ShapeError
from mocha_core.layer import Values
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid, positive

from .running import Host, on_numpy_and_strict, plan

BN = BatchNormLayer(name="bn", bottoms=["x"], tops=["y"], eps=0.01, moving_average=0.75)
SHAPE = (4, 3, 2, 5)


def values(xp: ModuleType, x: Host, phase: str = "train", count: float = 3.0, **more: Any) -> Values:
    channels = x.shape[1]
    params = {"mean": grid((channels,), 7), "var": positive((channels,), 8), "count": np.array([count])}
    wants = {"wants": (True,), "phase": phase}
    return Values(xs=(xp.asarray(x),), params={k: xp.asarray(p) for k, p in params.items()}, **wants, **more)


def by_channel(x: Host) -> list[Host]:
    return [x[:, c] for c in range(x.shape[1])]


@on_numpy_and_strict
@pytest.mark.parametrize(("statistics", "phase"), [("phase", "train"), ("batch", "test")])
def test_values_by_the_batch(xp: ModuleType, statistics: str, phase: str) -> None:
    x = 3 * grid(SHAPE) + 1
    (y,) = BN.replace(statistics=statistics).forward(xp, values(xp, x, phase))
    for x_c, y_c in zip(by_channel(x), by_channel(np.asarray(y)), strict=True):
        expected = (x_c - np.mean(x_c)) / np.sqrt(np.var(x_c) + 0.01)
        np.testing.assert_allclose(y_c, expected, rtol=0, atol=tolerance("float64", x_c.size, 4))


@on_numpy_and_strict
@pytest.mark.parametrize(("statistics", "phase"), [("phase", "test"), ("running", "train")])
def test_values_by_the_averages(xp: ModuleType, statistics: str, phase: str) -> None:
    x, v = grid(SHAPE), values(np, grid(SHAPE))
    (y,) = BN.replace(statistics=statistics).forward(xp, values(xp, x, phase))
    rows = zip(by_channel(x), by_channel(np.asarray(y)), v.params["mean"], v.params["var"], strict=True)
    for x_c, y_c, mean, var in rows:
        np.testing.assert_allclose(y_c, (x_c - mean) / np.sqrt(var + 0.01), rtol=8 * np.finfo(float).eps, atol=1e-15)


@on_numpy_and_strict
@pytest.mark.parametrize("axis", [1, -1])
def test_other_axis_for_the_channels(xp: ModuleType, axis: int) -> None:
    """With the channels elsewhere it is the same, elsewhere."""
    x = grid((4, 3, 3))
    (there,) = BN.replace(axis=axis).forward(xp, values(xp, x))
    (here,) = BN.forward(xp, values(xp, np.moveaxis(x, axis, 1)))
    np.testing.assert_array_equal(np.moveaxis(np.asarray(there), axis, 1), here)


@on_numpy_and_strict
def test_averages_weigh_each_batch_less_than_the_next(xp: ModuleType) -> None:
    """After batches 0, 1, 2 the weights are 0.75^2, 0.75, 1; the first values, before any batch, have none."""
    batches = [grid(SHAPE, seed) + seed for seed in range(3)]
    params = {name: np.asarray(p) for name, p in values(np, batches[0], count=0.0).params.items()}
    for x in batches:
        v = values(xp, x)
        v.params = {name: xp.asarray(value) for name, value in params.items()}
        params = {name: np.asarray(value) for name, value in BN.updates(xp, v).items()}
    weights = np.array([0.75**2, 0.75, 1.0])
    means = np.array([[x_c.mean() for x_c in by_channel(x)] for x in batches])
    variances = np.array([[x_c.var(ddof=1) for x_c in by_channel(x)] for x in batches])
    np.testing.assert_allclose(params["count"], [weights.sum()], rtol=1e-15)
    np.testing.assert_allclose(params["mean"], weights @ means / weights.sum(), atol=tolerance("float64", 120, 4))
    np.testing.assert_allclose(params["var"], weights @ variances / weights.sum(), atol=tolerance("float64", 120, 4))


def test_averages_stay_where_they_are_used() -> None:
    assert BN.replace(statistics="running").updates(np, values(np, grid(SHAPE))) == {}


def test_of_one_element_there_is_no_variance() -> None:
    x = grid((1, 3))
    new = BN.updates(np, values(np, x, count=0.0))
    np.testing.assert_array_equal(new["var"], [0, 0, 0])
    (y,) = BN.forward(np, values(np, x))
    np.testing.assert_array_equal(y, [[0, 0, 0]])


def test_averages_are_no_parameters_to_train() -> None:
    mean, var, count = plan(BN, [np.zeros(SHAPE)]).params
    assert [(p.name, p.shape, p.trained) for p in (mean, var, count)] == [
        ("mean", (3,), False),
        ("var", (3,), False),
        ("count", (1,), False),
    ]


def test_defaults() -> None:
    layer = BatchNormLayer(name="bn", bottoms=["x"], tops=["y"])
    assert (layer.axis, layer.eps, layer.moving_average, layer.statistics) == (1, 1e-5, 0.999, "phase")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"eps": 0.0}, "eps is a number above 0"),
        ({"moving_average": 1.5}, "moving_average is a number from 0 to 1"),
        ({"statistics": "global"}, '"phase", "batch" or "running"'),
        ({"bottoms": ["a", "b"]}, "needs 1 bottoms, got 2"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        BN.replace(**options)


def test_the_batch_is_no_channel() -> None:
    with pytest.raises(ShapeError, match="axis 0 of a blob of 4 x 3 is the batch; choose the axis of the channels"):
        BN.replace(axis=0).plan((BlobSpec((4, 3)),))
