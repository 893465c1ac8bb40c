"""ScaleLayer and BiasLayer: where their parameter, or their second bottom, lies."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mocha_core import BiasLayer, BlobSpec, Layer, OptionError, ScaleLayer, ShapeError
from mocha_core.testing.values import grid

from .running import assert_gradient_is_slope, backward, forward, on_numpy_and_strict, parameters, plan

SCALE = ScaleLayer(name="scale", bottoms=["x"], tops=["y"])
BIAS = BiasLayer(name="bias", bottoms=["x"], tops=["y"])
SHAPE = (4, 3, 2, 5)
PLACES = [
    (1, 1, "c"),
    (0, 0, ""),
    (0, 1, "n"),
    (2, 2, "hw"),
    (1, -1, "chw"),
    (-1, 1, "w"),
    (0, -1, "nchw"),
]
on_places = pytest.mark.parametrize(("axis", "num_axes", "letters"), PLACES)


@on_numpy_and_strict
@on_places
def test_a_learned_scale_and_bias(xp: ModuleType, axis: int, num_axes: int, letters: str) -> None:
    x, layer = grid(SHAPE), SCALE.replace(axis=axis, num_axes=num_axes, bias=True)
    params = parameters(layer, [x])
    assert params["scale"].shape == params["bias"].shape == tuple(SHAPE["nchw".index(letter)] for letter in letters)
    whole = np.ones(SHAPE)
    expected = np.einsum(f"nchw,{letters}->nchw", x, params["scale"]) + np.einsum(
        f"nchw,{letters}->nchw", whole, params["bias"]
    )
    np.testing.assert_allclose(forward(xp, layer, [x], params)[0], expected, rtol=0, atol=1e-15)
    (shifted,) = forward(xp, BIAS.replace(axis=axis, num_axes=num_axes), [x], {"bias": params["bias"]})
    np.testing.assert_array_equal(shifted, x + np.einsum(f"nchw,{letters}->nchw", whole, params["bias"]))


@on_numpy_and_strict
@on_places
@pytest.mark.parametrize("layer", [SCALE, SCALE.replace(bias=True), BIAS], ids=repr)
def test_gradient_is_slope(xp: ModuleType, layer: Layer, axis: int, num_axes: int, letters: str) -> None:
    assert_gradient_is_slope(xp, layer.replace(axis=axis, num_axes=num_axes), [grid(SHAPE)])
    both = layer.replace(axis=axis, bottoms=["x", "s"])
    small = plan(layer.replace(axis=axis, num_axes=num_axes), [np.zeros(SHAPE)]).params[0].shape
    assert_gradient_is_slope(xp, both, [grid(SHAPE), grid(small, seed=1)])


def test_a_second_bottom_takes_the_place_of_the_parameter() -> None:
    x, s = grid(SHAPE), grid((3, 2), seed=1)
    assert plan(SCALE.replace(bottoms=["x", "s"]), [x, s]).params == ()
    (y,) = forward(np, SCALE.replace(bottoms=["x", "s"]), [x, s])
    np.testing.assert_array_equal(y, x * s[:, :, None])
    (z,) = forward(np, BIAS.replace(bottoms=["x", "s"]), [x, s])
    np.testing.assert_array_equal(z, x + s[:, :, None])


@pytest.mark.parametrize("layer", [SCALE, BIAS], ids=repr)
@pytest.mark.parametrize("wants", [(True, False), (False, True)])
def test_unwanted_gradients_are_not_computed(layer: Layer, wants: tuple[bool, bool]) -> None:
    x, s = grid(SHAPE), grid((3,), seed=1)
    dxs, _ = backward(np, layer.replace(bottoms=["x", "s"]), [x, s], [x], wants=wants)
    assert tuple(dx is not None for dx in dxs) == wants


def test_gradient_of_the_parameter_is_an_array_of_its_own() -> None:
    """A net may write the gradient of the bottom over that of the top, before it reads the one of the parameter."""
    layer, x = SCALE.replace(axis=0, num_axes=-1, bias=True), grid(SHAPE)
    _, grads = backward(np, layer, [x], [dy := np.ones(SHAPE)])
    assert not np.shares_memory(grads["bias"], dy)


def test_starts_as_the_identity() -> None:
    scale, bias = plan(SCALE.replace(bias=True), [np.zeros(SHAPE)]).params
    assert (scale.initializer.value, bias.initializer.value) == (1.0, 0.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("layer", [SCALE, BIAS], ids=repr)
@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"bottoms": ["a", "b", "c"]}, "one bottom, or two, and one top; got 3 bottoms"),
        ({"num_axes": -2}, "num_axes is -1"),
    ],
)
def test_impossible_options_are_refused(layer: Layer, options: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        layer.replace(**options)


@pytest.mark.parametrize("layer", [SCALE, BIAS], ids=repr)
def test_what_does_not_fit_is_refused(layer: Layer) -> None:
    with pytest.raises(ShapeError, match="4 x 3 has 1 axes from axis 1 on, not 2"):
        layer.replace(num_axes=2).plan((BlobSpec((4, 3)),))
    with pytest.raises(ShapeError, match="'s' is 4, and 'x' from axis 1 on is 3; they must be equal"):
        layer.replace(bottoms=["x", "s"]).plan((BlobSpec(SHAPE), BlobSpec((4,))))
