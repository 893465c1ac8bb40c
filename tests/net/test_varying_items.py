"""Statistics of losses and accuracies that are means over more items in one batch than in another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    BinaryCrossEntropyLossLayer,
    DataError,
    InnerProductLayer,
    MemoryDataLayer,
    Net,
    SoftmaxLossLayer,
)
from mocha_core.backend import Backend
from mocha_core.testing.values import grid

NOTHING = 255
LABEL = np.array([0, NOTHING, NOTHING, NOTHING, 1, 0, 2, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, 1, 2.0])[:, None]
BLOBS: dict[str, Any] = {"bottoms": ["ip", "label"], "ignore_label": NOTHING}
STATISTICS = (
    SoftmaxLossLayer(name="loss", **BLOBS),
    AccuracyLayer(name="accuracy", **BLOBS),
    AccuracyLayer(name="each", **BLOBS, per_class=True),
)


def net_of(backend: Backend, batch_size: int, *layers: Any, label: Any = LABEL, **options: Any) -> Net:
    data = MemoryDataLayer(name="data", data=[grid((14, 3)), label], batch_size=batch_size)
    ip = InnerProductLayer(name="ip", output_dim=3, bottoms=["data"], tops=["ip"])
    return Net("n", backend, [data, ip, *layers], dtype="float64", **options)


@pytest.mark.parametrize("batch_size", [1, 2, 4, 5, 7])
@pytest.mark.parametrize("phase", ["train", "test"])
def test_statistics_are_those_of_one_large_batch(backend: Backend, batch_size: int, phase: str) -> None:
    """Batches with four labels, one and none; batch_size=4 leaves a rest, batch_size=1 batches without a label."""
    whole = net_of(backend, 14, *STATISTICS, phase=phase)
    net = net_of(backend, batch_size, *STATISTICS, phase=phase)
    whole.forward_epoch()
    net.forward_epoch(exact=True)
    assert net.statistics() == pytest.approx(whole.statistics(), rel=1e-12)
    assert all("(avg over 6)" in line for line in net.statistic_lines())


def test_per_class_beside_all(backend: Backend) -> None:
    net = net_of(backend, 7, *STATISTICS)
    before = net.statistics()
    assert {"each-accuracy", "each-class-0", "each-class-1", "each-class-2"} <= before.keys()
    assert all(np.isnan(value) for value in before.values())
    net.forward_epoch()
    found = net.statistics()
    assert found["each-accuracy"] == pytest.approx(found["accuracy-accuracy"], rel=1e-15)
    assert sum(found[f"each-class-{k}"] for k in range(3)) / 3 == pytest.approx(found["each-accuracy"], rel=1e-15)


def test_how_many_items_can_be_read(backend: Backend) -> None:
    net = net_of(backend, 7, *STATISTICS)
    net.forward()
    assert [float(net.blob(f"{name}/items").to_array()) for name in ("loss", "accuracy")] == [4, 4]
    np.testing.assert_array_equal(net.blob("each/items").to_array(), [2, 1, 1])


def test_the_objective_is_the_mean_over_what_counts(backend: Backend) -> None:
    """The labels at 1, 2 and 3 have no part in it."""
    small = MemoryDataLayer(name="data", data=[grid((14, 3))[[0, 4]], LABEL[[0, 4]]], batch_size=2)
    ip = InnerProductLayer(name="ip", output_dim=3, bottoms=["data"], tops=["ip"])
    loss = SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])
    net, other = net_of(backend, 5, STATISTICS[0]), Net("m", backend, [small, ip, loss], dtype="float64")
    assert net.forward_backward() == pytest.approx(other.forward_backward(), rel=1e-14)
    for ours, theirs in zip(net.trainable, other.trainable, strict=True):
        np.testing.assert_allclose(ours.diff.to_array(), theirs.diff.to_array(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("normalization", "items"), [("full", 14), ("batch", 14), ("none", 2)])
def test_other_divisors(backend: Backend, normalization: str, items: int) -> None:
    loss = STATISTICS[0].replace(normalization=normalization)
    net = net_of(backend, 7, loss)
    objectives = [net.forward(), net.forward()]
    assert net.statistics()["loss-softmax-loss"] == pytest.approx(np.mean(objectives), rel=1e-15)
    assert f"(avg over {items})" in net.statistic_lines()[0]


def test_elements_of_several_targets(backend: Backend) -> None:
    target = np.where(grid((14, 3)) > 0.5, -1.0, grid((14, 3)) > 0)
    loss = BinaryCrossEntropyLossLayer(
        name="loss", bottoms=["ip", "label"], from_logits=True, ignore_label=-1, normalization="valid"
    )
    whole, net = (net_of(backend, size, loss, label=target) for size in (14, 4))
    whole.forward_epoch()
    net.forward_epoch(exact=True)
    assert net.statistics() == pytest.approx(whole.statistics(), rel=1e-12)


def test_only_the_ignored_number_is_no_wrong_label(backend: Backend) -> None:
    plain = SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])
    with pytest.raises(DataError, match=r"holds the label 255 in sample 1 .*; ignore_label=255 leaves such labels out"):
        net_of(backend, 7, plain).forward()
    wrong = np.where(LABEL == NOTHING, 3.0, LABEL)
    with pytest.raises(DataError, match=r"holds the label 3 in sample 1 .*yours count from 1$"):
        net_of(backend, 7, STATISTICS[0], label=wrong).forward()
