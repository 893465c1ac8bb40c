"""A convolution, its ReLU and its pooling as one kernel: the layers' own mathematics, at every level."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    ConvolutionLayer,
    InnerProductLayer,
    MemoryDataLayer,
    Net,
    NeuronLayer,
    Neurons,
    Pooling,
    PoolingLayer,
    SoftmaxLossLayer,
)
from mocha_core.channels_last import ChannelsLast
from mocha_core.layer import Layer
from mocha_core.passes import Fused, PassContext, members_of
from mocha_core.testing import Bottom, Case, ReferenceBackend, tolerance
from mocha_core.testing.rig import Rig
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython.kernels.convolution import Convolution
from mocha_cython.machine import LEVELS
from mocha_cython.passes import fusion

BEFORE = NeuronLayer(name="before", neuron=Neurons.ReLU(), bottoms=["y"])
AFTER = NeuronLayer(name="after", neuron=Neurons.ReLU(), bottoms=["z"])
CHAINS = list(itertools.product((False, True), (Pooling.Max(), Pooling.Mean()), (False, True)))
POOLS: list[dict[str, Any]] = [
    {"kernel": 2, "stride": 2},
    {"kernel": 3, "stride": 2, "divisor": "window"},
    {"kernel": (3, 2), "stride": (2, 1), "pad": (2, 1)},
    {"kernel": (1, 2), "stride": (2, 3)},
    {"kernel": (16, 17)},
]
CONVOLUTIONS: list[dict[str, Any]] = [
    {"n_filter": 20, "kernel": (3, 2), "pad": (1, 0)},
    {"n_filter": 1, "kernel": 1},
    {"n_filter": 18, "kernel": 3, "pad": 2, "stride": (1, 2), "dilation": (2, 1), "n_group": 3},
    {"n_filter": 33, "kernel": 3, "bias": False},
    {"n_filter": 50, "kernel": 5},
]
IMAGES = ((13, 12, 3), (7, 6, 1), (9, 13, 6), (9, 13, 5), (20, 21, 16))
NUMS = (1, 2, 5, 7)
levels = pytest.mark.parametrize("isa", LEVELS[: best() + 1])
Values = dict[str, np.ndarray[Any, Any]]


def chain(convolution: dict[str, Any], pool: dict[str, Any], before: bool, after: bool) -> list[Layer]:
    """The layers one by one."""
    layers: list[Layer] = [ConvolutionLayer(name="conv", bottoms=["x"], tops=["y"], **convolution)]
    layers += [BEFORE] * before
    layers += [PoolingLayer(name="pool", bottoms=["y"], tops=["z"], **pool)]
    return layers + [AFTER] * after


def case(num: int, image: tuple[int, int, int], layers: list[Layer]) -> Case:
    return Case(ChannelsLast.of(Fused.of(*layers)), (Bottom((num, *image)),))


def cases() -> list[Case]:
    """All chains on all shapes, with all batches among them."""
    nums = itertools.cycle(NUMS)
    found = []
    for (convolution, pool, image), (before, function, after) in itertools.product(
        zip(CONVOLUTIONS, POOLS, IMAGES, strict=True), CHAINS
    ):
        found.append(case(next(nums), image, chain(convolution, pool | {"pooling": function}, before, after)))
    return found


def run(each: Case, isa: str, threads: int) -> Values:
    rig = Rig(each, CythonBackend(isa=isa, threads=threads, autotune=False), "float32")
    assert rig.choice.kernel is Convolution, rig.choice
    return rig.run(forget=True)


def check(each: Case, got: Values) -> None:
    for name, values in Rig(each, ReferenceBackend(), "float64").run().items():
        limit = tolerance("float32", 800, float(np.abs(values).max(initial=1)))
        np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} of {each}")


@levels
def test_every_chain_and_shape(isa: str) -> None:
    for index, each in enumerate(cases()):
        check(each, run(each, isa, 1 + index % 3))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_batch(threads: int) -> None:
    """Few images are cut into pieces, many are not."""
    for num, (before, function, after) in itertools.product(range(1, 9), CHAINS):
        layers = chain(CONVOLUTIONS[0], POOLS[1] | {"pooling": function}, before, after)
        check(each := case(num, IMAGES[0], layers), run(each, LEVELS[best()], threads))


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("function", [Pooling.Max(), Pooling.Mean()])
def test_the_same_bits_as_one_by_one(before: bool, function: Any) -> None:
    """The same numbers are computed, in the same order: only not stored in between."""
    layers = chain(CONVOLUTIONS[0], {"kernel": 3, "stride": 2, "pooling": function}, before, False)
    convolution = layers[:2] if before else layers[:1]
    parts = [Fused.of(*convolution), layers[-1]]
    whole = Rig(case(6, IMAGES[0], layers), CythonBackend(threads=2, autotune=False), "float32")
    got, x = whole.run(), whole.bottom_values()[0]
    rigs = []
    for part in parts:
        rigs.append(Rig(Case(ChannelsLast.of(part), (Bottom(x.shape),)), CythonBackend(threads=2), "float32"))
        for name, values in zip(rigs[0].state.params, whole.param_values().values(), strict=False):
            rigs[0].state.params[name].set(values)
        rigs[-1].state.bottoms[0].set(x)
        rigs[-1].kernel.forward()
        x = rigs[-1].state.tops[0].to_array()
    np.testing.assert_array_equal(got["top 0"], x)
    dy = whole.top_diff_values()[0]
    for rig in reversed(rigs):
        rig.state.top_diffs[0].set(dy)
        rig.kernel.backward()
        dy = rig.gradients()["gradient of bottom 0"]
    want = rigs[0].gradients()
    for name in want:
        np.testing.assert_array_equal(got[name], want[name], err_msg=name)


@levels
def test_nan_stays(isa: str) -> None:
    """As in the reference: what sees NaN is NaN, and no gradient comes through a ReLU there."""
    for before, function, after in CHAINS:
        each = case(2, (9, 9, 3), chain({"n_filter": 17, "kernel": 3}, POOLS[0] | {"pooling": function}, before, after))
        results = []
        for backend, dtype in ((ReferenceBackend(), "float64"), (CythonBackend(isa=isa, threads=2), "float32")):
            rig = Rig(each, backend, dtype)
            x = rig.bottom_values()[0].copy()
            x[0, 4, 4, 1] = np.nan
            rig.state.bottoms[0].set(x)
            rig.kernel.forward()
            rig.state.top_diffs[0].set(rig.top_diff_values()[0])
            rig.kernel.backward()
            results.append({"y": rig.state.tops[0].to_array(), "dx": rig.gradients()["gradient of bottom 0"]})
        want, got = results
        assert np.isnan(got["y"]).any()
        for name, values in want.items():
            limit = tolerance("float32", 200, float(np.nanmax(np.abs(values))))
            np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=name)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("num", [1, 2, 16])
def test_the_same_bits_every_time(threads: int, num: int) -> None:
    for before, function, after in CHAINS:
        each = case(num, IMAGES[0], chain(CONVOLUTIONS[0], POOLS[1] | {"pooling": function}, before, after))
        first, second = (run(each, LEVELS[best()], threads) for _ in range(2))
        for name, values in first.items():
            np.testing.assert_array_equal(values, second[name])


def test_frozen_filters_and_images_without_gradient() -> None:
    for (before, function, after), wants, trains in itertools.product(CHAINS, (False, True), (False, True)):
        each = case(5, IMAGES[0], chain(CONVOLUTIONS[0], POOLS[1] | {"pooling": function}, before, after))
        asked = {"wants": (wants,), "trains": trains}
        got = Rig(each, CythonBackend(threads=2, autotune=False), "float32", **asked).run(forget=True)
        for name, values in Rig(each, ReferenceBackend(), "float64", **asked).run().items():
            limit = tolerance("float32", 800, float(np.abs(values).max(initial=1)))
            np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=name)


def test_nothing_is_stored_in_between() -> None:
    """What stays between forward and backward is a byte for each output, and no blob of the convolution's."""
    big = (32, 40, 40, 3)
    layers = chain({"n_filter": 32, "kernel": 3}, {"kernel": 2, "stride": 2}, False, False)
    rig = Rig(Case(ChannelsLast.of(Fused.of(*layers)), (Bottom(big),)), CythonBackend(threads=2), "float32")
    forward, backward, step = (scratch.spec.nbytes for scratch in rig.choice.accept.scratch)
    between = 4 * 32 * 38 * 38 * 32
    assert max(forward, backward) < between / 4
    assert step == rig.state.tops[0].spec.size


def test_only_what_a_kernel_serves_is_joined() -> None:
    """Not blobs that the user reads, nor other element types."""
    layers = tuple(chain(CONVOLUTIONS[0], POOLS[0], True, False))
    (whole,) = fusion(layers, PassContext("train", "float32"))
    assert len(members_of(whole)) == 3
    first, second = fusion(layers, PassContext("train", "float32", frozenset({"y"})))
    assert [len(members_of(first)), len(members_of(second))] == [2, 1]
    assert fusion(layers, PassContext("train", "float64")) == layers


def test_in_a_net() -> None:
    """Losses and gradients as of the net whose blobs are all kept."""
    rng = np.random.default_rng(3)
    x, label = rng.normal(size=(9, 3, 12, 11)), rng.integers(0, 4, (9, 1))
    layers = [
        MemoryDataLayer(data=[x, label], batch_size=9),
        ConvolutionLayer(name="c1", n_filter=20, kernel=3, neuron=Neurons.ReLU(), bottoms=["data"], tops=["c1"]),
        PoolingLayer(name="p1", kernel=3, stride=2, bottoms=["c1"], tops=["p1"]),
        ConvolutionLayer(name="c2", n_filter=17, kernel=2, neuron=Neurons.ReLU(), bottoms=["p1"], tops=["c2"]),
        PoolingLayer(name="p2", kernel=2, stride=2, pooling=Pooling.Mean(), bottoms=["c2"], tops=["p2"]),
        InnerProductLayer(name="ip", output_dim=4, bottoms=["p2"], tops=["ip"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]
    found = []
    for keep in ((), ("c1", "p1", "c2", "p2")):
        net = Net("n", CythonBackend(seed=1, threads=2), layers, keep=keep)
        net.init()
        loss = net.forward_backward()
        found.append((loss, {t.parameter.path: t.diff.to_array() for t in net.trainable}, len(net.layers)))
        net.close()
    (loss, grads, _), (kept_loss, kept_grads, _) = found
    assert loss == pytest.approx(kept_loss, rel=1e-6)
    for path, values in grads.items():
        limit = tolerance("float32", 800, float(np.abs(values).max(initial=1)))
        np.testing.assert_allclose(values, kept_grads[path], rtol=0, atol=limit, err_msg=path)
