"""Layers that run image by image as one: the same bits as one after the other, and only where it is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    SGD,
    BatchNormLayer,
    ConvolutionLayer,
    InnerProductLayer,
    LRNLayer,
    LRNMode,
    LRPolicy,
    MemoryDataLayer,
    Net,
    NeuronLayer,
    Neurons,
    Pooling,
    PoolingLayer,
    PowerLayer,
    ScaleLayer,
    Solver,
    SquareLossLayer,
)
from mocha_core.kernel import Choice, Site
from mocha_core.layer import Layer
from mocha_cython import CythonBackend, chains
from mocha_cython._chain import Chain
from mocha_cython._reorder import Transpose
from mocha_cython.chains import ChainStep, chained

RNG = np.random.default_rng(5)
IMAGES = RNG.normal(size=(9, 3, 13, 11)).astype(np.float32)


@pytest.fixture(autouse=True)
def small_chains_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "LEAST", 1)


def conv(name: str, bottom: str, filters: int, **options: Any) -> ConvolutionLayer:
    return ConvolutionLayer(name=name, bottoms=[bottom], tops=[name], n_filter=filters, **options)


def pool(name: str, bottom: str, function: Any, **options: Any) -> PoolingLayer:
    return PoolingLayer(name=name, bottoms=[bottom], tops=[name], pooling=function, **options)


USUAL: tuple[Layer, ...] = (
    conv("c1", "x", 18, kernel=(3, 3), pad=(1, 1), neuron=Neurons.ReLU()),
    pool("p1", "c1", Pooling.Max(), kernel=(3, 3), stride=(2, 2)),
    LRNLayer(name="n1", bottoms=["p1"], tops=["n1"], kernel=3, mode=LRNMode.WithinChannel()),
    conv("c2", "n1", 34, kernel=(3, 2), pad=(1, 0)),
    LRNLayer(name="n2", bottoms=["c2"], tops=["n2"], kernel=5),
    pool("p2", "n2", Pooling.Mean(), kernel=(2, 3), stride=(1, 2)),
)
ODD: tuple[Layer, ...] = (
    conv("c1", "x", 6, kernel=(2, 3), stride=(2, 1), dilation=(2, 1), n_group=3, neuron=Neurons.Tanh()),
    BatchNormLayer(name="b", bottoms=["c1"], tops=["b"]),
    ScaleLayer(name="s", bottoms=["b"], tops=["s"], bias=True),
    NeuronLayer(name="e", bottoms=["s"], neuron=Neurons.ELU()),
    PowerLayer(name="w", bottoms=["s"], tops=["w"], power=2, shift=1),
    pool("p1", "w", Pooling.Max(), kernel=(2, 2), pad=(1, 1)),
    conv("c2", "p1", 5, kernel=(1, 1), neuron=Neurons.ReLU()),
)
NETS = {"usual": USUAL, "odd": ODD}


def ip(bottom: str) -> InnerProductLayer:
    return InnerProductLayer(name="ip", bottoms=[bottom], tops=["ip"], output_dim=4)


def built(
    layers: Sequence[Layer], images: np.ndarray[Any, Any] = IMAGES, keep: Sequence[str] = (), **options: Any
) -> Net:
    """A net for predictions whose parameters are the same each time."""
    data = MemoryDataLayer(data=[images], tops=["x"], batch_size=len(images))
    backend = CythonBackend(**{"threads": 2, "autotune": False, **options})
    net = Net("n", backend, [data, *layers], phase="test", keep=keep)
    rng = np.random.default_rng(1)
    for parameter in net.all_parameters:
        parameter.load(rng.uniform(0.1, 0.9, parameter.blob.shape) - (0.5 if parameter.spec.name == "filter" else 0))
    return net


def steps_of(net: Net) -> list[Any]:
    return chained(net.backend, [step.call for step in net._program.wiring.forward])


def chain_lengths(net: Net) -> list[int]:
    return [len(step.kernels) for step in steps_of(net) if isinstance(step, ChainStep)]


def step_by_step(net: Net) -> None:
    for step in net._program.wiring.forward:
        step()


def outputs(net: Net) -> dict[str, np.ndarray[Any, Any]]:
    return {name: blob.to_array() for name, blob in net.output_blobs.items()}


def spoil(net: Net) -> None:
    """So that results cannot be those of a run before."""
    for blob in net.output_blobs.values():
        if blob.name != "x":
            blob.array.fill(np.nan)


def same_both_ways(net: Net) -> bool:
    """Whether both ways give the same bits, twice, as the first time packs filters."""
    net.forward()
    first = outputs(net)
    spoil(net)
    net.forward()
    again = outputs(net)
    spoil(net)
    net._feeders.write()
    step_by_step(net)
    alone = outputs(net)
    pairs = [(each[name], alone[name]) for each in (first, again) for name in alone]
    return all(np.array_equal(a.view(np.int32), b.view(np.int32)) for a, b in pairs)


@pytest.mark.parametrize("isa", ["baseline", "avx2", "avx512"])
@pytest.mark.parametrize("name", NETS)
def test_the_same_bits_at_every_level(name: str, isa: str) -> None:
    from mocha_cython.machine import LEVELS, level_of

    best = LEVELS[level_of(None)]
    net = built(NETS[name], isa=isa if LEVELS.index(isa) <= LEVELS.index(best) else best)
    assert max(chain_lengths(net)) >= 4
    assert same_both_ways(net)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", range(1, 10))
def test_for_any_number_of_images(count: int, threads: int) -> None:
    net = built(USUAL, IMAGES[:count], threads=threads)
    assert bool(chain_lengths(net)) == (count >= 2 * threads)
    assert same_both_ways(net)


@pytest.mark.parametrize("block", [0, 1 << 30])
def test_whatever_the_block(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "BLOCK", block)
    assert same_both_ways(built(USUAL))


def test_the_results_are_those_of_the_plain_backend() -> None:
    from mocha_cpu import CpuBackend

    net = built(USUAL)
    net.forward()
    plain = Net("plain", CpuBackend(), net.given, phase="test")
    for mine, theirs in zip(net.all_parameters, plain.all_parameters, strict=True):
        theirs.load(mine.blob.to_array())
    plain.forward()
    np.testing.assert_allclose(net.blob("p2").to_array(), plain.blob("p2").to_array(), rtol=1e-4, atol=1e-5)


def test_nan_and_inf_pass() -> None:
    images = IMAGES.copy()
    images[1, 0, 3, 3], images[4, 2, 0, 0] = np.nan, np.inf
    net = built(USUAL, images)
    assert same_both_ways(net)
    bad = ~np.isfinite(net.blob("p2").to_array()).all(axis=(1, 2, 3))
    assert list(np.flatnonzero(bad)) == [1, 4]


def test_an_image_does_not_depend_on_the_others() -> None:
    net = built(USUAL)
    net.forward()
    whole = net.blob("p2").to_array()
    for count in (1, 4, 7):
        np.testing.assert_array_equal(net.predict(IMAGES[:count]), whole[:count])


def test_new_parameters_are_used() -> None:
    net = built(ODD)
    net.forward()
    before = net.blob("c2").to_array()
    for name in ("filter", "var", "scale"):
        parameter = next(p for p in net.all_parameters if p.spec.name == name)
        parameter.blob.set(parameter.blob.to_array() * 1.5)
        net.forward()
        assert np.abs(net.blob("c2").to_array() - before).max() > 1e-3
        before = net.blob("c2").to_array()
        assert same_both_ways(net)


def test_after_a_step_of_training() -> None:
    target = np.zeros((9, *built(USUAL)._value(("p2", 0)).shape[1:]), np.float32)
    backend = CythonBackend(threads=2, autotune=False)
    data = MemoryDataLayer(data=[IMAGES, target], tops=["x", "t"], batch_size=9)
    loss = SquareLossLayer(name="loss", bottoms=["p2", "t"])
    train = Net("train", backend, [data, *USUAL, loss])
    before = train.predict(IMAGES)
    Solver(SGD(), {"max_iter": 1, "lr_policy": LRPolicy.Fixed(0.1)}).solve(train)
    (prepared,) = train._predictor._nets.values()
    assert np.abs(train.predict(IMAGES) - before).max() > 1e-6
    assert chain_lengths(prepared.net)
    assert same_both_ways(prepared.net)


def test_by_one_thread_alone() -> None:
    results = []
    for until in (0.0, float("inf")):
        net = built(USUAL, threads=3)
        net.backend.crowding.until = until
        net.forward()
        results.append(net.blob("p2").to_array())
        assert (net.backend.crowding.times_alone > 0) == (until > 0)
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("name", ["p1", "n1", "c2", "n2"])
def test_a_blob_that_is_kept_is_written(name: str) -> None:
    net = built(USUAL, keep=[name])
    assert same_both_ways(net)
    everything = built(USUAL, keep="all")
    assert same_both_ways(everything)
    np.testing.assert_allclose(net.blob(name).to_array(), everything.blob(name).to_array(), rtol=1e-3, atol=1e-5)


def test_two_readers_end_a_chain() -> None:
    branch = conv("side", "n1", 3, kernel=(1, 1))
    net = built((*USUAL, branch))
    assert sum(chain_lengths(built(USUAL))) > sum(chain_lengths(net)) > 0
    assert same_both_ways(net)


def test_a_layer_that_needs_the_whole_batch_ends_a_chain() -> None:
    net = built((*USUAL, ip("p2")))
    assert not any(isinstance(step, ChainStep) for step in steps_of(net)[-1:])
    assert same_both_ways(net)


def test_much_to_hold_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = chain_lengths(built(USUAL))
    monkeypatch.setattr(chains, "MOST_PARAMETERS", 4 * 18 * 34 * 6 + 4 * 34)
    split = built(USUAL)
    assert len(chain_lengths(split)) == 2 > len(whole)
    assert same_both_ways(split)


def test_a_chain_whose_ends_overlap_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what `announced` asks for, memory is shared as it is for one layer after the other."""

    def without(backend: Any, sites: Sequence[Site], choices: list[Choice]) -> list[Choice]:
        return choices

    monkeypatch.setattr("mocha_cython.chains.announced", without)
    inner = (conv("c0", "x", 3, kernel=(1, 1)), conv("c1", "c0", 3, kernel=(1, 1)), conv("c2", "c1", 3, kernel=(1, 1)))
    net = built(inner)
    wiring = net._program.wiring
    ends = [wiring.states[k] for k in sorted(wiring.states)]
    overlap = np.may_share_memory(ends[0].bottoms[0].array, ends[-1].tops[0].array)
    assert bool(chain_lengths(net)) != overlap
    assert same_both_ways(net)


def test_training_is_left_alone() -> None:
    data = MemoryDataLayer(data=[IMAGES], tops=["x"], batch_size=9)
    net = Net("n", CythonBackend(threads=2, autotune=False), [data, *USUAL])
    assert chain_lengths(net) == []


def test_double_precision_is_left_alone() -> None:
    data = MemoryDataLayer(data=[IMAGES], tops=["x"], batch_size=9)
    net = Net("n", CythonBackend(threads=2, autotune=False), [data, *USUAL], phase="test", dtype="float64")
    assert chain_lengths(net) == []
    net.forward()


def test_little_work_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "LEAST", 1 << 40)
    assert chain_lengths(built(USUAL)) == []


def test_explain_says_it() -> None:
    net = built(USUAL)
    text = net.explain()
    assert text.count("image by image, see x/channels-last") == max(chain_lengths(net)) - 1
    assert "image by image with c1, n1, c2, n2, p2" in text


def test_the_first_bad_layer_is_found() -> None:
    net = built(USUAL)
    net.forward()
    name = "n1"
    parameter = next(p for p in net.all_parameters if p.spec.name == "bias")
    parameter.blob.fill(np.inf)
    net.forward()
    said = net.find_bad_blob()
    assert said is not None
    assert "'c1'" in said
    assert name not in said


def turns(num: int, level: int) -> tuple[list[Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Three transpositions, which are one, and their ends."""
    x, y = RNG.normal(size=(num, 5, 7)).astype(np.float32), np.zeros((num, 7, 5), np.float32)
    links = [Transpose(level, 1, num, r, c, x, y).link() for r, c in ((5, 7), (7, 5), (5, 7))]
    return links, x, y


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("block", [1, 3])
def test_a_chain_by_itself(block: int, threads: int) -> None:
    links, x, y = turns(10, CythonBackend().level)
    Chain(threads, 10, block, links, x, y, np.zeros(2 * threads * block * 35, np.float32)).run()
    np.testing.assert_array_equal(y, x.transpose(0, 2, 1))


def test_memory_that_does_not_fit_is_refused() -> None:
    links, x, y = turns(10, 0)
    with pytest.raises(ValueError, match="too few"):
        Chain(2, 10, 3, links, x, y, np.zeros(2 * 2 * 3 * 35 - 1, np.float32))
    for wrong in ((x[:9], y), (x, y[:9])):
        with pytest.raises(ValueError, match="are not"):
            Chain(1, 10, 1, links, *wrong, np.zeros(70, np.float32))
