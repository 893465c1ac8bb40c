"""Layers that run image by image as one: the same bits as one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import (
    SGD,
    LRPolicy,
    MemoryDataLayer,
    Net,
    Solver,
    SquareLossLayer,
)
from mocha_cython import CythonBackend, chains
from mocha_cython._chain import Chain
from mocha_cython._reorder import Transpose

from .chaining import (
    IMAGES,
    NETS,
    ODD,
    RNG,
    USUAL,
    built,
    chain_lengths,
    same_both_ways,
)

pytestmark = pytest.mark.usefixtures("small_chains_count")


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
