"""InnerProductLayer."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from mocha_core.blob import BlobSpec
from mocha_core.errors import OptionError, ShapeError
from mocha_core.initializers import ConstantInitializer, XavierInitializer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.regularizers import L2Regu, NoRegu
from mocha_core.testing.tolerances import tolerance
from mocha_core.testing.values import grid

from .running import assert_gradient_is_slope, backward, forward, on_numpy_and_strict, parameters, plan

IP = InnerProductLayer(name="ip", output_dim=4, bottoms=["x"], tops=["y"])
TWO = IP.replace(bottoms=["a", "b"], tops=["c", "d"])


@on_numpy_and_strict
@pytest.mark.parametrize("bias", [True, False])
def test_values(xp: ModuleType, bias: bool) -> None:
    layer, x = IP.replace(bias=bias), grid((3, 2, 5))
    params = parameters(layer, [x])
    expected = x.reshape(3, 10) @ params["weight"].T + params.get("bias", 0)
    np.testing.assert_allclose(forward(xp, layer, [x], params)[0], expected, rtol=0, atol=tolerance("float64", 10, 10))


@on_numpy_and_strict
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_keeps_the_element_type(xp: ModuleType, dtype: str) -> None:
    x = grid((3, 5)).astype(dtype)
    (y,) = forward(xp, IP, [x])
    (dx,), dparams = backward(xp, IP, [x], [y])
    assert {g.dtype.name for g in (dx, *dparams.values()) if g is not None} == {dtype}


@on_numpy_and_strict
@pytest.mark.parametrize("bias", [True, False])
def test_gradient_is_slope(xp: ModuleType, bias: bool) -> None:
    assert_gradient_is_slope(xp, IP.replace(bias=bias), [grid((3, 2, 5))])


@on_numpy_and_strict
def test_gradients_are_summed_over_the_bottoms(xp: ModuleType) -> None:
    assert_gradient_is_slope(xp, TWO, [grid((3, 2, 5)), grid((6, 10), seed=1)])


def test_unwanted_gradients_are_not_computed() -> None:
    x, y = grid((3, 5)), grid((3, 4))
    dxs, dparams = backward(np, TWO, [x, x], [y, y], wants=(False, True))
    assert dxs[0] is None
    assert dxs[1] is not None
    assert dparams.keys() == {"weight", "bias"}


def test_parameters() -> None:
    weight, bias = plan(IP, [np.zeros((3, 2, 5))]).params
    assert (weight.name, weight.shape, weight.rate, weight.fan_in, weight.fan_out) == ("weight", (4, 10), 1.0, 10, 4)
    assert (weight.initializer, weight.regularizer) == (XavierInitializer(), L2Regu(1.0))
    assert (bias.name, bias.shape, bias.rate) == ("bias", (1, 4), 2.0)
    assert (bias.initializer, bias.regularizer) == (ConstantInitializer(0.0), NoRegu())
    assert [p.name for p in plan(IP.replace(bias=False), [np.zeros((3, 5))]).params] == ["weight"]


def test_key_of_the_parameters() -> None:
    assert IP.key == "ip"
    assert IP.replace(param_key="shared").key == "shared"


def test_bottoms_of_other_sizes_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"layer 'ip' .*'a' has 6, 'b' has 7"):
        TWO.plan((BlobSpec((3, 6)), BlobSpec((3, 7))))
    with pytest.raises(ShapeError, match=r"'x' is 3, and the layer reads \(num, features\)"):
        IP.plan((BlobSpec((3,)),))


def test_impossible_options_are_refused() -> None:
    with pytest.raises(OptionError, match=r"layer 'ip' .*output_dim"):
        IP.replace(output_dim=0)
    with pytest.raises(OptionError, match="one top per bottom"):
        IP.replace(tops=[])
    with pytest.raises(OptionError, match="needs output_dim"):
        InnerProductLayer(name="ip", bottoms=["x"], tops=["y"])  # type: ignore[call-arg]


@on_numpy_and_strict
@pytest.mark.parametrize("axis", [1, 2, 3, -1, -2])
@pytest.mark.parametrize("transposed", [False, True])
def test_features_from_any_axis_on_one_place_at_a_time(xp: ModuleType, axis: int, transposed: bool) -> None:
    layer, x = IP.replace(axis=axis, transposed=transposed), grid((3, 2, 5, 7))
    params = parameters(layer, [x])
    weight = params["weight"].T if transposed else params["weight"]
    (y,) = forward(xp, layer, [x], params)
    kept = x.shape[: axis % 4]
    assert y.shape == (*kept, 4)
    for place in np.ndindex(*kept):
        expected = [float(np.dot(row, x[place].ravel())) for row in weight] + params["bias"][0]
        np.testing.assert_allclose(y[place], expected, rtol=0, atol=tolerance("float64", 70, 70))
    assert_gradient_is_slope(xp, layer, [x])


def test_shape_of_a_transposed_weight() -> None:
    weight, bias = plan(IP.replace(axis=2, transposed=True), [np.zeros((3, 2, 5))]).params
    assert (weight.shape, weight.fan_in, weight.fan_out, bias.shape) == ((5, 4), 5, 4, (1, 4))


def test_the_batch_is_no_feature() -> None:
    for axis in (0, -2):
        with pytest.raises(ShapeError, match=f"axis {axis} of 'x', 3 x 5, is the batch"):
            IP.replace(axis=axis).plan((BlobSpec((3, 5)),))
    with pytest.raises(ShapeError, match="axis 2 does not exist in a blob of 3 x 5"):
        IP.replace(axis=2).plan((BlobSpec((3, 5)),))
