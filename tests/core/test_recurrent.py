"""LSTM, GRU and RNN: against a naive loop, and what is the same for all."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.gru import GRULayer
from mocha_core.layers.lstm import LSTMLayer
from mocha_core.layers.rnn import RNNLayer
from mocha_core.testing.tolerances import tolerance

from .recurrent_math import gru_step, lstm_step, rnn_step, run
from .running import assert_gradient_is_slope, backward, forward, grid, on_numpy_and_strict, parameters, plan

T, N, F, D = 5, 3, 4, 2
NAMES = {"output_dim": D, "bottoms": ["x"], "tops": ["h"]}
LSTM, GRU, RNN = LSTMLayer(name="lstm", **NAMES), GRULayer(name="gru", **NAMES), RNNLayer(name="rnn", **NAMES)
STEPS = {LSTM: (lstm_step, 2), GRU: (gru_step, 1), RNN: (rnn_step, 1)}
X = 2 * grid((T, N, F))
BEGINS = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1], [1, 0, 1.0]])
# A number of the result is a sum of F + D products at each of T steps, each at most 2, and passes a few squashings.
BOUND = tolerance("float64", T * (F + D + 8), 2.0)

every = pytest.mark.parametrize("layer", [LSTM, GRU, RNN], ids=["lstm", "gru", "rnn"])


def with_cont(layer):
    return layer.replace(bottoms=["x", "cont"])


def wide(layer, xs):
    """Parameters that reach the bent parts of the squashing functions."""
    return {name: 2 * values for name, values in parameters(layer, xs).items()}


@on_numpy_and_strict
@every
def test_the_naive_loop_gives_the_same(xp, layer):
    params = wide(layer, [X])
    (h,) = forward(xp, layer, [X], params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, X), rtol=0, atol=BOUND)


@on_numpy_and_strict
@every
@pytest.mark.parametrize("cont", [BEGINS, grid((T, N), seed=3)], ids=["begins", "any numbers"])
def test_the_naive_loop_gives_the_same_with_cont(xp, layer, cont):
    params = wide(layer, [X])
    (h,) = forward(xp, with_cont(layer), [X, cont], params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, X, cont), rtol=0, atol=BOUND)


@every
def test_a_sequence_that_begins_knows_nothing_of_the_one_before(layer):
    params = wide(layer, [X])
    cont = np.ones((T, N))
    cont[2] = 0
    (h,) = forward(np, with_cont(layer), [X, cont], params)
    for part in (slice(0, 2), slice(2, T)):
        (alone,) = forward(np, layer, [X[part]], params)
        np.testing.assert_allclose(h[part], alone, rtol=0, atol=BOUND)
    dy = np.zeros_like(h)
    dy[3:] = 1
    (dx, _), _ = backward(np, with_cont(layer), [X, cont], [dy], params, wants=(True, False))
    assert not dx[:2].any()
    assert dx[2:4].all()


@every
def test_without_cont_nothing_is_remembered_at_first_and_all_afterwards(layer):
    params = wide(layer, [X])
    (h,) = forward(np, layer, [X], params)
    for first in (0.0, 1.0):
        cont = np.ones((T, N))
        cont[0] = first
        np.testing.assert_array_equal(forward(np, with_cont(layer), [X, cont], params)[0], h)


@on_numpy_and_strict
@every
@pytest.mark.parametrize("bias", [True, False])
def test_gradient_is_the_slope(xp, layer, bias):
    assert_gradient_is_slope(xp, layer.replace(bias=bias), [X])


@on_numpy_and_strict
@every
def test_gradient_with_cont_is_each_slope(xp, layer):
    """By one number at a time, so also where sequences begin."""
    xs, dy, h = [X, BEGINS], grid((T, N, D), seed=20), 2.0**-17
    params = wide(layer, [X])
    (dx, none), grads = backward(xp, with_cont(layer), xs, [dy], params, wants=(True, False))
    assert none is None
    # Rounding of the difference, and h^2 of a third derivative that grows like the third power of the weights.
    bound = BOUND * np.abs(dy).sum() / h + h * h * 100 * np.abs(dy).sum()
    for given, values in ((dx, X), *((grads[name], params[name]) for name in params)):
        for place in np.ndindex(*values.shape):
            ends, kept = [], values[place]
            for step in (h, -h):
                values[place] = kept + step
                ends.append(float(np.sum(dy * forward(np, with_cont(layer), xs, params)[0])))
            values[place] = kept
            assert given[place] == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=0, abs=bound)


@every
def test_all_further_axes_are_features(layer):
    many, params = X.reshape(T, N, 2, 2), parameters(layer, [X])
    assert plan(layer, [many]).params == plan(layer, [X]).params
    (h,) = forward(np, layer, [X], params)
    np.testing.assert_array_equal(forward(np, layer, [many], params)[0], h)
    (dx,), _ = backward(np, layer, [X], [h], params)
    (of_many,), _ = backward(np, layer, [many], [h], params)
    np.testing.assert_array_equal(of_many, dx.reshape(many.shape))


@every
def test_a_step_may_be_one_number(layer):
    x = X[:, :, 0]
    params = wide(layer, [x])
    (h,) = forward(np, layer, [x], params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, x), rtol=0, atol=BOUND)


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@on_numpy_and_strict
def test_keeps_the_element_type(xp, layer, dtype):
    x = X.astype(dtype)
    (h,) = forward(xp, layer, [x])
    (dx,), grads = backward(xp, layer, [x], [h])
    assert {g.dtype.name for g in (h, dx, *grads.values())} == {dtype}


@every
def test_large_sums_do_not_overflow(layer):
    params = {name: 1e4 * values for name, values in parameters(layer, [X]).items()}
    (h,) = forward(np, layer, [X], params)
    (dx,), grads = backward(np, layer, [X], [h], params)
    assert all(np.isfinite(values).all() for values in (h, dx, *grads.values()))


@every
def test_a_gradient_that_nobody_wants_is_not_computed(layer):
    dxs, _ = backward(np, with_cont(layer), [X, BEGINS], [grid((T, N, D))], wants=(False, False))
    assert dxs == [None, None]


@every
def test_cont_has_a_place_for_each_step_of_each_sequence(layer):
    assert plan(with_cont(layer), [X, BEGINS]).constants == (1,)
    assert plan(with_cont(layer), [X, BEGINS[..., None]]).tops == plan(layer, [X]).tops
    with pytest.raises(ShapeError, match=r"'cont' is 3 x 5, and 'x' of 5 x 3 x 4 needs 5 x 3"):
        plan(with_cont(layer), [X, BEGINS.T])
    with pytest.raises(ShapeError, match="needs 5 x 3"):
        plan(with_cont(layer), [X, X])


@every
def test_a_sequence_has_steps_and_a_batch(layer):
    with pytest.raises(ShapeError, match=r"'x' is 5, and the layer reads \(steps, sequences, features\)"):
        plan(layer, [X[:, 0, 0]])


@every
@pytest.mark.parametrize("options", [{"output_dim": 0}, {"bottoms": []}, {"bottoms": ["x", "c", "d"]}, {"tops": []}])
def test_options_that_cannot_be(layer, options):
    with pytest.raises(OptionError, match=layer.name):
        layer.replace(**options)


STATIC, STATES = grid((N, 2, 3), seed=5), [grid((1, N, D), seed=6 + k) for k in range(2)]


def with_all(layer):
    """Static and first states, too; and the values of all bottoms."""
    states = STATES[: STEPS[layer][1]]
    bottoms, tops = ["x", "cont", "static", "h0", "c0"], ["h", "h1", "c1"]
    full = layer.replace(static=True, states=True, bottoms=bottoms[: 3 + len(states)], tops=tops[: 1 + len(states)])
    return full, [X, BEGINS, STATIC, *states]


@on_numpy_and_strict
@every
def test_what_does_not_change_is_a_part_of_each_step(xp, layer):
    """As if its features were features of x."""
    full = layer.replace(static=True, bottoms=["x", "cont", "static"])
    params = wide(full, [X, BEGINS, STATIC])
    together = np.concatenate([X, np.broadcast_to(STATIC.reshape(N, 6), (T, N, 6))], axis=2)
    weight = np.concatenate([params["weight_x"], params["weight_static"]], axis=1)
    (h,) = forward(xp, full, [X, BEGINS, STATIC], params)
    expected = run(*STEPS[layer], D, params | {"weight_x": weight}, together, BEGINS)
    np.testing.assert_allclose(h, expected, rtol=0, atol=tolerance("float64", T * (F + D + 14), 2.0))


@on_numpy_and_strict
@every
def test_first_states_are_remembered_where_no_sequence_begins(xp, layer):
    full, blobs = with_all(layer)
    full, blobs = full.replace(static=False, bottoms=[n for n in full.bottoms if n != "static"]), blobs[:2] + blobs[3:]
    params = wide(full, blobs)
    h, last, *_ = forward(xp, full, blobs, params)
    np.testing.assert_allclose(h, run(*STEPS[layer], D, params, X, BEGINS, blobs[2:]), rtol=0, atol=BOUND)
    np.testing.assert_array_equal(last, h[-1:])


@every
def test_going_on_with_the_last_states_is_one_long_sequence(layer):
    full, (x, cont, static, *states) = with_all(layer)
    params = wide(full, [x, cont, static, *states])
    h, *last = forward(np, full, [x, cont, static, *states], params)
    first, *between = forward(np, full, [x[:2], cont[:2], static, *states], params)
    second, *ends = forward(np, full, [x[2:], cont[2:], static, *between], params)
    np.testing.assert_array_equal(np.concatenate([first, second]), h)
    for ours, theirs in zip(ends, last, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@on_numpy_and_strict
@every
def test_gradients_by_what_does_not_change_and_by_states(xp, layer):
    """One gradient at a time, also those by the last states; where sequences begin the first states have none."""
    full, blobs = with_all(layer)
    params, step = wide(full, blobs), 2.0**-17
    dys = [grid(y.shape, seed=20 + k) for k, y in enumerate(forward(np, full, blobs, params))]
    wants = (True, False, *(True,) * (len(blobs) - 2))
    dxs, grads = backward(xp, full, blobs, dys, params, wants=wants)
    size = sum(np.abs(dy).sum() for dy in dys)
    bound = BOUND * size / step + step * step * 100 * size
    for given, values in (*zip(dxs[2:], blobs[2:], strict=True), (grads["weight_static"], params["weight_static"])):
        for place in np.ndindex(*values.shape):
            ends, kept = [], values[place]
            for by in (step, -step):
                values[place] = kept + by
                tops = forward(np, full, blobs, params)
                ends.append(sum(float(np.sum(dy * y)) for dy, y in zip(dys, tops, strict=True)))
            values[place] = kept
            assert given[place] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=0, abs=bound)
    assert not dxs[3][:, :2].any()
    assert dxs[3][:, 2].all()


@every
def test_shapes_of_what_does_not_change_and_of_states(layer):
    full, blobs = with_all(layer)
    params = {p.name: p.shape for p in plan(full, blobs).params}
    assert params["weight_static"] == (params["weight_x"][0], 6)
    with pytest.raises(ShapeError, match=r"'static' is 4 x 2; it does not change, and needs 3 sequences first"):
        plan(full, [*blobs[:2], grid((4, 2)), *blobs[3:]])
    with pytest.raises(ShapeError, match=r"'h0' is 1 x 3 x 4, and a first state is 1 x 3 x 2"):
        plan(full, [*blobs[:3], grid((1, N, 4)), *blobs[4:]])
    with pytest.raises(OptionError, match="needs the bottoms x, cont and static and h"):
        full.replace(bottoms=["x", "cont"])
