"""Every loss at the top of a net: it reports a statistic, trains what is below either bottom, and predicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import layers
from mocha_core.layers import (
    BinaryCrossEntropyLossLayer,
    ContrastiveLossLayer,
    GaussianKLLossLayer,
    HingeLossLayer,
    InfogainLossLayer,
    InnerProductLayer,
    MemoryDataLayer,
    MultinomialLogisticLossLayer,
    SoftlabelSoftmaxLossLayer,
    SoftmaxLayer,
    SoftmaxLossLayer,
    SquareLossLayer,
    WassersteinLossLayer,
)
from mocha_core.net import Net
from mocha_core.neurons import Neurons
from mocha_core.testing.backends import ReferenceBackend
from mocha_core.testing.values import grid, labels, unit

PAIRS = (
    SquareLossLayer(name="loss", bottoms=["a", "b"]),
    HingeLossLayer(name="loss", bottoms=["a", "b"]),
    BinaryCrossEntropyLossLayer(name="loss", bottoms=["a", "b"]),
    BinaryCrossEntropyLossLayer(name="loss", bottoms=["a", "b"], from_logits=True),
    GaussianKLLossLayer(name="loss", bottoms=["a", "b"]),
    ContrastiveLossLayer(name="loss", bottoms=["a", "b", "label"]),
)
OF_LABELS = (
    SoftmaxLossLayer(name="loss", bottoms=["a", "label"]),
    MultinomialLogisticLossLayer(name="loss", bottoms=["a", "label"]),
    SoftlabelSoftmaxLossLayer(name="loss", bottoms=["a", "b"]),
    InfogainLossLayer(name="loss", bottoms=["a", "label"], matrix=np.eye(3) + 0.5),
    HingeLossLayer(name="loss", bottoms=["a", "label"], one_vs_rest=True),
    WassersteinLossLayer(name="loss", bottoms=["a", "b"], M=(1 - np.eye(3)), lambda_=2.0),
)
every_loss = pytest.mark.parametrize("loss", [*PAIRS, *OF_LABELS], ids=lambda loss: type(loss).__name__)


def net_of(loss: Any, learned: str = "a") -> Net:
    """Two batches of four samples; the blob `learned` comes from an inner product, the others from data."""
    blobs = {"x": grid((8, 5)), "a": unit((8, 3)), "b": unit((8, 3), seed=1), "label": labels((8, 1), 3)}
    if isinstance(loss, HingeLossLayer):
        blobs["b"] = np.where(blobs["b"] > 0.5, 1.0, -1.0)
    del blobs[learned]
    data = MemoryDataLayer(name="data", tops=list(blobs), data=list(blobs.values()), batch_size=4)
    ip = InnerProductLayer(name="ip", output_dim=3, neuron=Neurons.Sigmoid(), bottoms=["x"], tops=[learned])
    return Net("n", ReferenceBackend(), [data, ip, loss], dtype="float64")


def test_no_loss_is_missing() -> None:
    known = {kind for name, kind in vars(layers).items() if name.endswith("LossLayer")}
    assert {type(loss) for loss in (*PAIRS, *OF_LABELS)} == known


@every_loss
def test_statistic_is_the_mean_since_the_last_reset(loss: Any) -> None:
    """Behaviour 49."""
    net = net_of(loss)
    net.forward()
    net.reset_statistics()
    values = [net.forward(), net.forward()]
    assert values[0] != values[1]
    assert net.statistics() == {f"loss-{loss.statistic}": pytest.approx(np.mean(values), rel=1e-15)}
    (line,) = net.statistic_lines()
    assert line.startswith(loss.statistic.capitalize())


@pytest.mark.parametrize("learned", ["a", "b"])
@pytest.mark.parametrize("loss", PAIRS, ids=lambda loss: type(loss).__name__)
def test_a_net_below_one_bottom_trains_also_if_it_is_the_label(loss: Any, learned: str) -> None:
    """Behaviour 36: a crash before, where only the label wants a gradient."""
    trains(net_of(loss, learned))


@pytest.mark.parametrize("loss", OF_LABELS, ids=lambda loss: type(loss).__name__)
def test_a_net_below_the_prediction_trains(loss: Any) -> None:
    trains(net_of(loss))


def trains(net: Net) -> None:
    net.forward_backward()
    for trainable in net.trainable:
        diff = trainable.diff.to_array()
        assert np.isfinite(diff).all()
        assert np.abs(diff).max() > 1e-4


def test_prediction_from_logits_is_a_probability() -> None:
    net = net_of(PAIRS[3])
    net.init()
    p, a = (net.predict(grid((8, 5)), outputs=name) for name in ("loss/prob", "a"))
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-a)), rtol=1e-14)


def test_prediction_of_soft_labels_is_the_softmax() -> None:
    net = net_of(OF_LABELS[2])
    net.init()
    p, a = (net.predict(grid((8, 5)), outputs=name) for name in ("loss/prob", "a"))
    np.testing.assert_allclose(p, np.exp(a) / np.exp(a).sum(axis=1, keepdims=True), rtol=1e-14)


def test_two_losses_on_a_softmax_and_below_it() -> None:
    """The objective is the sum, each with its weight."""
    data = MemoryDataLayer(name="data", tops=["x", "label"], data=[grid((8, 3)), labels((8, 1), 3)], batch_size=8)
    shown = [SoftmaxLayer(bottoms=["x"], tops=["p"])]
    tops = [
        SoftmaxLossLayer(name="whole", bottoms=["x", "label"], weight=0.5),
        MultinomialLogisticLossLayer(name="part", bottoms=["p", "label"], weight=0.25),
    ]
    net = Net("n", ReferenceBackend(), [data, *shown, *tops], dtype="float64")
    objective, losses = net.forward(), net.losses()
    assert losses["whole"] == pytest.approx(2 * losses["part"], rel=1e-14)
    assert objective == pytest.approx(losses["whole"] + losses["part"], rel=1e-15)


@every_loss
def test_a_loss_weight_is_in_the_objective_and_not_in_the_value(loss: Any) -> None:
    plain, net = net_of(loss), net_of(loss.replace(loss_weight=-0.5))
    for each in (plain, net):
        each.init()
        each.reset_statistics()
    assert net.forward_backward() == pytest.approx(-0.5 * plain.forward_backward(), rel=1e-14)
    assert net.losses() == plain.losses()
    assert net.statistics() == plain.statistics()
    for mine, other in zip(net.trainable, plain.trainable, strict=True):
        np.testing.assert_allclose(mine.diff.to_array(), -0.5 * other.diff.to_array(), rtol=1e-13, atol=1e-17)


def test_the_gradient_of_a_losss_value_is_its_loss_weight() -> None:
    """What a user's own loss is given as the derivative of the objective by its value."""
    net = net_of(PAIRS[0].replace(loss_weight=0.25))
    (state,) = [s for s in net._program.wiring.states.values() if s.site.layer.traits.loss]
    assert [blob.to_array().tolist() for blob in state.top_diffs] == [0.25]
