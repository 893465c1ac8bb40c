"""Numbers that converters get wrong: axes, factors, offsets, weights turned round; each against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from .models import close, layer, random, run

X = random(2, 3, 4, 5)


@pytest.mark.parametrize(
    ("said", "shape", "wide"),
    [
        ("", (3,), (1, 3, 1, 1)),
        ("axis: 2 num_axes: 2", (4, 5), (1, 1, 4, 5)),
        ("axis: 1 num_axes: -1", (3, 4, 5), (1, 3, 4, 5)),
        ("axis: -1", (5,), (1, 1, 1, 5)),
        ("num_axes: 0", (), ()),
    ],
)
def test_scale_axis_and_num_axes(tmp_path, said, shape, wide):
    gamma, beta = random(*shape, seed=1), random(*shape, seed=2)
    text = layer("Scale", "x", f"scale_param {{ {said} bias_term: true }}")
    found = run(tmp_path, text, {"x": X}, {"y": [gamma, beta]})
    close(found, X * gamma.reshape(wide) + beta.reshape(wide))


@pytest.mark.parametrize(
    ("axis", "shape", "wide"),
    [(0, (2, 3), (2, 3, 1, 1)), (1, (3, 4), (1, 3, 4, 1)), (2, (4, 5), (1, 1, 4, 5)), (0, (), ())],
)
def test_scale_with_two_bottoms(tmp_path, axis, shape, wide):
    factor = random(*shape, seed=1)
    found = run(tmp_path, layer("Scale", "x f", f"scale_param {{ axis: {axis} }}"), {"x": X, "f": factor})
    close(found, X * factor.reshape(wide))


@pytest.mark.parametrize(("shared", "shape"), [("false", (3,)), ("true", ()), ("true", (1,))])
def test_prelu_channel_shared(tmp_path, shared, shape):
    slope = np.abs(random(*shape, seed=1))
    found = run(tmp_path, layer("PReLU", "x", f"prelu_param {{ channel_shared: {shared} }}"), {"x": X}, {"y": [slope]})
    close(found, np.where(X > 0, X, X * slope.reshape((1, -1, 1, 1))))


@pytest.mark.parametrize("count", [2, 3])
def test_eltwise_coeff(tmp_path, count):
    given = {name: random(2, 3, seed=k) for k, name in enumerate("abc"[:count])}
    coefficients = [1.0, -0.5, 0.25][:count]
    block = "eltwise_param { operation: SUM " + " ".join(f"coeff: {c}" for c in coefficients) + " }"
    found = run(tmp_path, layer("Eltwise", " ".join(given), block), given)
    close(found, sum(c * x for c, x in zip(coefficients, given.values(), strict=True)))


@pytest.mark.parametrize(
    ("axis", "lead", "features"), [(0, (), 120), (1, (2,), 60), (2, (2, 3), 20), (-1, (2, 3, 4), 5)]
)
@pytest.mark.parametrize("transpose", [False, True])
def test_inner_product_axis_and_transpose(tmp_path, axis, lead, features, transpose):
    w, b = random(6, features, seed=1), random(6, seed=2)
    block = f"inner_product_param {{ num_output: 6 axis: {axis} transpose: {str(transpose).lower()} }}"
    found = run(tmp_path, layer("InnerProduct", "x", block), {"x": X}, {"y": [w.T.copy() if transpose else w, b]})
    close(found, X.reshape(*lead, features) @ w.T + b)


def test_inner_product_of_a_blob_with_one_axis(tmp_path):
    x, w = random(4), random(6, 4, seed=1)
    block = "inner_product_param { num_output: 6 axis: -1 bias_term: false }"
    close(run(tmp_path, layer("InnerProduct", "x", block), {"x": x}, {"y": [w]}), w @ x)


def test_inner_product_flattens_channels_then_rows_then_columns(tmp_path):
    w = np.zeros((1, 60))
    w[0, 2 * 20 + 3 * 5 + 4] = 1
    text = layer("InnerProduct", "x", "inner_product_param { num_output: 1 }")
    found = run(tmp_path, text, {"x": X}, {"y": [w, np.zeros(1)]})
    close(found[:, 0], X[:, 2, 3, 4])


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_softmax_axis(tmp_path, axis):
    found = run(tmp_path, layer("Softmax", "x", f"softmax_param {{ axis: {axis} }}"), {"x": X})
    e = np.exp(X)
    close(found, e / e.sum(axis, keepdims=True))


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("offset: 1", np.s_[:, :, 1:3, 1:4]),
        ("offset: 2 offset: 0", np.s_[:, :, 2:4, 0:3]),
        ("axis: 1 offset: 1", np.s_[:, 1:2, 1:3, 1:4]),
        ("axis: 1 offset: 2 offset: 0 offset: 1", np.s_[:, 2:3, 0:2, 1:4]),
        ("axis: -1 offset: 2", np.s_[:, :, :, 2:5]),
        ("axis: 3", np.s_[:, :, :, 0:3]),
    ],
)
def test_crop_one_or_many_offsets(tmp_path, said, part):
    found = run(tmp_path, layer("Crop", "x r", f"crop_param {{ {said} }}"), {"x": X, "r": random(2, 1, 2, 3)})
    close(found, X[part])


@pytest.mark.parametrize(
    ("said", "shape"),
    [("", (2, 60)), ("axis: 2", (2, 3, 20)), ("end_axis: 2", (2, 12, 5)), ("axis: 0 end_axis: -2", (24, 5))],
)
def test_flatten_end_axis(tmp_path, said, shape):
    close(run(tmp_path, layer("Flatten", "x", f"flatten_param {{ {said} }}"), {"x": X}), X.reshape(shape))


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ("shape { dim: 0 dim: -1 }", (2, 60)),
        ("shape { dim: -1 dim: 2 } axis: 1", (2, 30, 2)),
        ("shape { dim: 12 } axis: 1 num_axes: 2", (2, 12, 5)),
        ("shape { dim: 1 } axis: 1 num_axes: 0", (2, 1, 3, 4, 5)),
        ("shape { dim: 5 dim: 4 } axis: -3", (2, 3, 5, 4)),
        ("shape { dim: 0 dim: 0 dim: 20 }", (2, 3, 20)),
    ],
)
def test_reshape_0_minus_1_and_axis(tmp_path, said, shape):
    close(run(tmp_path, layer("Reshape", "x", f"reshape_param {{ {said} }}"), {"x": X}), X.reshape(shape))


@pytest.mark.parametrize("said", ["axis: 2", "concat_dim: 2", "axis: -2"])
def test_concat_under_both_names(tmp_path, said):
    z = random(2, 3, 1, 5, seed=1)
    found = run(tmp_path, layer("Concat", "x z", f"concat_param {{ {said} }}"), {"x": X, "z": z})
    close(found, np.concatenate([X, z], 2))


@pytest.mark.parametrize("said", ["axis: 3", "slice_dim: 3", "axis: -1"])
def test_slice_points(tmp_path, said):
    block = f"slice_param {{ {said} slice_point: 1 slice_point: 3 }}"
    found = run(tmp_path, layer("Slice", "x", block, "a b c"), {"x": X}, top="b")
    close(found, X[..., 1:3])


def test_permute_channels_last(tmp_path):
    block = "permute_param { order: 0 order: 2 order: 3 order: 1 }"
    close(run(tmp_path, layer("Permute", "x", block), {"x": X}), X.transpose(0, 2, 3, 1))


def test_a_blob_of_one_number(tmp_path):
    """A shape without axes is a scalar, as an input and as a weight."""
    close(run(tmp_path, layer("Power", "s", "power_param { scale: 3 }"), {"s": np.array(2.0)}), np.array(6.0))


@pytest.mark.parametrize(("base", "wanted"), [("", np.exp), ("base: 2", np.exp2)])
def test_exp_base(tmp_path, base, wanted):
    found = run(tmp_path, layer("Exp", "x", f"exp_param {{ {base} scale: 0.5 shift: 1 }}"), {"x": X})
    close(found, wanted(1 + 0.5 * X))


def test_power_of_a_scale_of_zero_is_a_constant(tmp_path):
    found = run(tmp_path, layer("Power", "x", "power_param { power: 3 scale: 0 shift: 2 }"), {"x": X})
    close(found, np.full_like(X, 8.0))
