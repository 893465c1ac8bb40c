"""Prediction from a training net."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.backend import Backend
from mocha_core.data.transformers import Scale
from mocha_core.errors import BlobAccessError, ShapeError
from mocha_core.layers.accuracy import AccuracyLayer
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.input import InputLayer
from mocha_core.layers.permute import PermuteLayer
from mocha_core.layers.scale import ScaleLayer
from mocha_core.net import Net

from .nets import classifier, data, samples


def by_hand(net: Net, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores and probabilities of the classifier, computed here."""
    w1, b1, w2, b2 = (p.blob.to_array() for p in net.all_parameters)
    scores = np.tanh(x @ w1.T + b1) @ w2.T + b2
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores, exp / exp.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_any_number_of_samples(backend: Backend, count: int) -> None:
    drop = DropoutLayer(name="drop", bottoms=["ip1"])
    accuracy = AccuracyLayer(name="acc", bottoms=["ip2", "label"])
    net = Net("n", backend, [data(), *classifier(), drop, accuracy], dtype="float64")
    net.init()
    x = samples(1)[0][:count]
    scores, probabilities = by_hand(net, x)
    np.testing.assert_allclose(net.predict(x), probabilities, rtol=1e-12)
    np.testing.assert_allclose(net.predict(x, "ip2"), scores, rtol=1e-12)
    both = net.predict({"data": x}, ["ip1", "ip2"])
    assert both["ip1"].shape == (count, 7)


def test_the_data_layers_transformers_are_applied(backend: Backend) -> None:
    scaled = data().replace(transformers=[("data", Scale(0.5))])
    net = Net("n", backend, [scaled, *classifier()], dtype="float64")
    net.init()
    x = samples(1)[0]
    np.testing.assert_allclose(net.predict(x), by_hand(net, 0.5 * x)[1], rtol=1e-12)
    assert (x == samples(1)[0]).all()


def test_prediction_leaves_training_alone(backend: Backend) -> None:
    plain, looked = (Net(n, backend, [data(), *classifier()]) for n in "ab")
    first = [plain.forward() for _ in range(3)]
    second = []
    for _ in range(3):
        second.append(looked.forward())
        looked.predict(samples(1)[0])
    assert first == second


def test_outputs_whose_first_axis_is_not_the_samples_are_not_joined(backend: Backend) -> None:
    turned = PermuteLayer(name="turn", order=(1, 0), bottoms=["ip2"], tops=["turned"])
    net = Net("n", backend, [data(), *classifier(), turned], dtype="float64")
    net.init()
    x = samples(1)[0]
    np.testing.assert_array_equal(net.predict(x[:4], "turned"), net.predict(x[:4], "ip2").T)
    with pytest.raises(ShapeError, match=r"cannot join blob 'turned': a batch gives \(3, 4\)"):
        net.predict(x, "turned")


def test_errors(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    with pytest.raises(BlobAccessError, match="cannot give blob 'ip3': known are"):
        net.predict(samples()[0], "ip3")
    with pytest.raises(ShapeError, match="same number of samples"):
        net.predict({"data": samples()[0], "label": samples()[1][:2]})


def test_a_single_number_goes_with_every_sample(backend: Backend) -> None:
    inputs = InputLayer(name="in", tops=["x", "factor"], shapes=[(4, 3), ()])
    scale = ScaleLayer(name="y", axis=0, bottoms=["x", "factor"], tops=["y"])
    x = samples(1)[0][:6, :3]
    found = Net("n", backend, [inputs, scale], dtype="float64").predict({"x": x, "factor": np.array(2.0)})
    np.testing.assert_array_equal(found, 2 * x)
