"""Layers run as one only where that is right, and it can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    BatchNormLayer,
    MemoryDataLayer,
    Net,
    SoftmaxLossLayer,
)
from mocha_core.kernel import Choice, Site
from mocha_cython import CythonBackend, chains
from mocha_cython.chains import ChainStep

from .chaining import (
    IMAGES,
    USUAL,
    built,
    chain_lengths,
    conv,
    ip,
    same_both_ways,
    steps_of,
)

pytestmark = pytest.mark.usefixtures("small_chains_count")


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


def test_layers_frozen_in_training_are_left_alone() -> None:
    """They compute as in the test phase, on memory that was planned for training."""
    layers = [
        MemoryDataLayer(data=[IMAGES, np.zeros((9, 1))], tops=["x", "label"], batch_size=9),
        conv("c", "x", 8, kernel=(1, 1)),
        BatchNormLayer(name="b1", bottoms=["c"], tops=["b1"]),
        BatchNormLayer(name="b2", bottoms=["b1"], tops=["b2"]),
        ip("b2"),
        SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    ]
    net = Net("n", CythonBackend(threads=2, autotune=False), layers)
    net.freeze("c", "b1", "b2")
    assert not chain_lengths(net)
    tested = Net("t", net.backend, layers, phase="test")
    assert net.forward() == tested.forward()
    assert chain_lengths(tested)


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
