"""What a plan says about tops and gradients is what the mathematics returns, for any shape, option and element type."""

from __future__ import annotations

import array_api_strict
import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from mocha_core.layers.accuracy import AccuracyLayer
from mocha_core.layers.concat import ConcatLayer
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.functors import ElementWiseFunctors
from mocha_core.layers.identity import IdentityLayer
from mocha_core.layers.labels import label_shape
from mocha_core.layers.power import PowerLayer
from mocha_core.layers.reshape import ReshapeLayer
from mocha_core.layers.softmax import SoftmaxLayer
from mocha_core.layers.softmax_loss import SoftmaxLossLayer
from mocha_core.layers.split import SplitLayer

from .layer_math import backward, forward, grid, plan_of

sizes = st.integers(1, 4)
shapes = st.lists(sizes, min_size=2, max_size=4).map(tuple)
several = st.lists(shapes, min_size=1, max_size=3)
names = ("a", "b", "c", "d")


def multi(kind, **options):
    return several.map(lambda s: (kind(bottoms=names[: len(s)], tops=[f"{n}2" for n in names[: len(s)]], **options), s))


@st.composite
def reshapes(draw):
    shape = draw(shapes)
    sample = draw(st.permutations(shape[1:]).map(tuple))
    hidden = draw(st.integers(0, len(sample)))
    target = tuple(-1 if k == hidden else size for k, size in enumerate(sample))
    return ReshapeLayer(shape=target, bottoms=["x"], tops=["y"]), [shape]


@st.composite
def concats(draw):
    shape, count = draw(shapes), draw(st.integers(2, 3))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    front = axis % len(shape)
    bottoms = [(*shape[:front], draw(sizes), *shape[front + 1 :]) for _ in range(count)]
    return ConcatLayer(axis=axis, bottoms=names[:count], tops=["y"]), bottoms


@st.composite
def labelled(draw, kind):
    shape = draw(shapes)
    axis = draw(st.integers(1, len(shape) - 1)) - draw(st.sampled_from([0, len(shape)]))
    flat = draw(st.booleans())
    label = label_shape(shape, axis)
    return kind(axis=axis, bottoms=["x", "label"]), [shape, (label[0], int(np.prod(label[1:]))) if flat else label]


splits = st.tuples(shapes, st.integers(1, 3), st.booleans()).map(
    lambda case: (SplitLayer(bottoms=["x"], tops=names[: case[1]], no_copy=case[2]), [case[0]])
)
element_wises = st.tuples(shapes, st.sampled_from(["Add", "Subtract", "Multiply", "Divide"])).map(
    lambda case: (
        ElementWiseLayer(operation=getattr(ElementWiseFunctors, case[1])(), bottoms=["a", "b"], tops=["y"]),
        [case[0], case[0]],
    )
)
dropouts = st.tuples(shapes, st.floats(0.1, 0.9), st.booleans(), st.sampled_from([(), ("y",)])).map(
    lambda case: (DropoutLayer(ratio=case[1], auto_scale=case[2], bottoms=["x"], tops=case[3]), [case[0]])
)
powers = st.tuples(st.sampled_from([0, 1, 2, 3, -1]), st.floats(-2, 2), st.floats(-2, 2)).flatmap(
    lambda o: multi(PowerLayer, power=o[0], scale=o[1], shift=10 + o[2])
)
cases = st.one_of(
    multi(IdentityLayer),
    multi(SoftmaxLayer),
    powers,
    reshapes(),
    concats(),
    splits,
    element_wises,
    dropouts,
    labelled(SoftmaxLossLayer),
    labelled(AccuracyLayer),
)


@settings(max_examples=200, deadline=None)
@given(case=cases, dtype=st.sampled_from(["float32", "float64"]), xp=st.sampled_from([np, array_api_strict]))
def test_tops_and_gradients_have_the_planned_shapes(case, dtype, xp):
    layer, bottoms = case
    xs = [grid(*shape, seed=k, dtype=dtype) for k, shape in enumerate(bottoms)]
    plan = plan_of(layer, xs)
    draws = [np.full(d.shape, 0.5, d.dtype) for d in plan.draws]
    tops = forward(layer, xp, xs, draws)
    assert [(y.shape, y.dtype.name) for y in tops] == [(top.shape, top.dtype) for top in plan.tops]
    assert all(plan.tops[t].size == xs[b].size for t, b in (*plan.views, *plan.overlays))
    if layer.traits.backprop:
        grads = backward(layer, xp, xs, draws=draws)
        for k, (x, dx) in enumerate(zip(xs, grads, strict=True)):
            assert (dx is None) == (k in plan.constants)
            assert dx is None or (dx.shape, dx.dtype) == (x.shape, x.dtype)
            assert dx is None or np.isfinite(dx).all()
