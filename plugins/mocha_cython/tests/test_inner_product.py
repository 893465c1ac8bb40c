"""The compiled inner product is the layer's own mathematics at every level, alone and with what follows it."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from mocha_core import InnerProductLayer, NeuronLayer, Neurons
from mocha_core.layer import Layer
from mocha_core.passes import Fused
from mocha_core.testing import Bottom, Case, ReferenceBackend, tolerance
from mocha_core.testing.rig import Rig
from mocha_cython import CythonBackend
from mocha_cython._inner_product import InnerProduct as Native
from mocha_cython._inner_product import scratch_floats
from mocha_cython._levels import best
from mocha_cython.kernels.inner_product import InnerProduct as Compiled
from mocha_cython.machine import LEVELS

levels = pytest.mark.parametrize("isa", LEVELS[: best() + 1])
RELU = NeuronLayer(name="relu", neuron=Neurons.ReLU(), bottoms=["y"])
FOLLOWERS: tuple[tuple[Layer, ...], ...] = ((), (RELU,))
NUMS = (1, 2, 3, 4, 5, 6, 7, 11, 25)
INPUTS = (1, 3, 5, 16, 17, 20, 33, 64, 70, 131)
OUTPUTS = (1, 3, 4, 5, 8, 9, 16, 17, 33, 50, 101)
SHAPES = [*zip(itertools.cycle(NUMS), itertools.cycle(INPUTS), OUTPUTS * 5, strict=False)]
BLOCKS = [(7, 1900, 23), (300, 40, 21), (13, 70, 220), (1, 2000, 9), (260, 530, 3)]
"""More than one block of each sum: over the inputs, the batch, the outputs."""


def case(num: int, inputs: int, outputs: int, followers: tuple[Layer, ...] = (), **options: Any) -> Case:
    layer = InnerProductLayer(name="ip", output_dim=outputs, bottoms=["x"], tops=["y"], **options)
    return Case(Fused.of(layer, *followers) if followers else layer, (Bottom((num, inputs)),))


def run(each: Case, isa: str, threads: int, **options: Any) -> dict[str, np.ndarray[Any, Any]]:
    rig = Rig(each, CythonBackend(isa=isa, threads=threads, autotune=False), "float32", **options)
    assert rig.choice.kernel is Compiled, rig.choice
    return rig.run(forget=True)


def compare(each: Case, isa: str, threads: int, **options: Any) -> None:
    want = Rig(each, ReferenceBackend(), "float64", **options).run()
    got = run(each, isa, threads, **options)
    assert got.keys() == want.keys()
    num, inputs = each.bottoms[0].shape
    for name, values in want.items():
        limit = tolerance("float32", num + inputs + each.plan("float32").tops[0].shape[1], np.abs(values).max() + 1)
        np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} of {each}")


@levels
def test_every_shape_and_follower(isa: str) -> None:
    for index, (shape, followers) in enumerate(zip(SHAPES, itertools.cycle(FOLLOWERS), strict=False)):
        compare(case(*shape, followers, bias=index % 3 > 0), isa, 1 + index % 3)


@levels
@pytest.mark.parametrize("shape", BLOCKS, ids=str)
def test_sums_in_several_blocks(isa: str, shape: tuple[int, int, int]) -> None:
    for threads, followers in ((1, ()), (3, (RELU,))):
        compare(case(*shape, followers), isa, threads)


@levels
def test_only_the_gradients_that_are_wanted(isa: str) -> None:
    for wants, trains in (([True], False), ([False], True)):
        compare(case(5, 70, 20, (RELU,)), isa, 2, wants=wants, trains=trains)


@levels
def test_images_are_seen_as_rows(isa: str) -> None:
    layer = InnerProductLayer(name="ip", output_dim=6, bottoms=["x"], tops=["y"])
    each = Case(layer, (Bottom((3, 4, 5, 2)),))
    want = Rig(each, ReferenceBackend(), "float64").run()
    for name, values in run(each, isa, 2).items():
        np.testing.assert_allclose(values, want[name], rtol=0, atol=tolerance("float32", 40, 40), err_msg=name)


@levels
def test_nothing_around_the_arrays_is_used_or_written(isa: str) -> None:
    level = LEVELS.index(isa)
    for num, inputs, outputs in ((1, 1, 1), (5, 17, 9), (7, 33, 50)):
        rooms = [_roomy(shape) for shape in ((num, inputs), (outputs, inputs), (num, outputs))]
        (x, _), (weight, _), (y, around) = rooms
        x[...], weight[...] = 1, 1
        Native(level, 1, x, weight, None, y).forward()
        assert (y == inputs).all()
        assert all(np.isnan(room[:64]).all() and np.isnan(room[-64:]).all() for _, room in rooms), around


@levels
def test_arrays_of_exactly_the_size(isa: str) -> None:
    """Straight from the heap: built for the address sanitizer, this sees every read outside of them."""
    level = LEVELS.index(isa)
    for num, inputs, outputs in ((1, 1, 1), (5, 17, 9), (7, 33, 50), (4, 70, 5), (3, 5, 2)):
        x, weight = np.ones((num, inputs), "float32"), np.ones((outputs, inputs), "float32")
        bias, y, dy = (
            np.ones(outputs, "float32"),
            np.ones((num, outputs), "float32"),
            np.ones((num, outputs), "float32"),
        )
        grads = [np.empty_like(array) for array in (x, weight, bias)]
        scratch = np.empty(scratch_floats(level, 2, num, outputs), "float32")
        names = dict(zip(("dx", "dweight", "dbias"), grads, strict=True))
        product = Native(level, 2, x, weight, bias, y, relu=True, dy=dy, scratch=scratch, **names)
        product.forward()
        product.backward()
        assert (y == inputs + 1).all()
        assert [set(grad.ravel()) for grad in grads] == [{outputs}, {num}, {num}]


@levels
def test_nan_and_infinity_reach_their_own_rows_only(isa: str) -> None:
    level, x, weight = LEVELS.index(isa), np.ones((5, 21), "float32"), np.ones((9, 21), "float32")
    x[1, 20], x[2, 3], weight[8, 20] = np.nan, np.inf, -np.inf
    y = np.empty((5, 9), "float32")
    for relu in (False, True):
        Native(level, 1, x, weight, None, y, relu=relu).forward()
        with np.errstate(invalid="ignore"):
            want = x @ weight.T
        np.testing.assert_array_equal(y, np.maximum(want, 0) if relu else want)


@levels
def test_a_relu_lets_no_nan_back_through_a_dead_unit(isa: str) -> None:
    x, weight = np.ones((2, 3), "float32"), np.float32([[1, 1, 1], [-1, -1, -1]])
    y, dy = np.empty((2, 2), "float32"), np.float32([[1, np.nan], [2, np.inf]])
    dx, dweight, dbias = np.empty_like(x), np.empty_like(weight), np.empty((1, 2), "float32")
    scratch = np.empty(1 << 16, "float32")
    grads = {"dy": dy, "dx": dx, "dweight": dweight, "dbias": dbias, "scratch": scratch}
    product = Native(LEVELS.index(isa), 1, x, weight, None, y, relu=True, **grads)
    product.forward()
    product.backward()
    np.testing.assert_array_equal(dbias, [[3, 0]])
    np.testing.assert_array_equal(dx, [[1, 1, 1], [2, 2, 2]])
    np.testing.assert_array_equal(dweight, [[3, 3, 3], [0, 0, 0]])


def test_threads_change_no_bit() -> None:
    for shape, followers in (((100, 257, 131), (RELU,)), (BLOCKS[0], ()), (BLOCKS[1], (RELU,))):
        found = [run(case(*shape, followers), LEVELS[best()], threads) for threads in (1, 2, 3, 2)]
        for one, other in itertools.pairwise(found):
            assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_what_it_leaves_to_others() -> None:
    backend = CythonBackend(autotune=False)
    shared = InnerProductLayer(name="ip", output_dim=2, bottoms=["a", "b"], tops=["c", "d"])
    several = Case(shared, (Bottom((2, 3)), Bottom((4, 3))))
    leaky = NeuronLayer(name="neuron", neuron=Neurons.LReLU(), bottoms=["y"])
    for each, dtype, why in (
        (several, "float32", "several bottoms"),
        (case(2, 3, 4), "float64", "float64"),
        (case(2, 3, 4, (leaky,)), "float32", "does not know"),
    ):
        rig = Rig(each, backend, dtype)
        assert rig.choice.kernel is not Compiled
        assert any(why in reason for _, reason in rig.choice.declined), rig.choice


def _roomy(shape: tuple[int, ...]) -> tuple[Any, Any]:
    """An array of NaN in the middle of more NaN, which begins at no round address."""
    size = math.prod(shape)
    around = np.full(size + 129, np.nan, "float32")
    return around[65 : 65 + size].reshape(shape), around
