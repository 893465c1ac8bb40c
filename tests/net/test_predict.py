"""Prediction from a training net."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.backend import Backend
from mocha_core.data.transformers import Scale
from mocha_core.errors import BlobAccessError, ShapeError
from mocha_core.layers.accuracy import AccuracyLayer
from mocha_core.layers.convolution import ConvolutionLayer
from mocha_core.layers.dropout import DropoutLayer
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.input import InputLayer
from mocha_core.layers.permute import PermuteLayer
from mocha_core.layers.roi_pooling import ROIPoolingLayer
from mocha_core.layers.scale import ScaleLayer
from mocha_core.layers.square_loss import SquareLossLayer
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
    for count in (5, 12):
        with pytest.raises(ShapeError, match=r"cannot join blob 'turned': a batch gives \(3, 4\)"):
            net.predict(x[:count], "turned")


def test_a_loss_of_several_batches_is_not_joined(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], dtype="float64")
    net.init()
    given = dict(zip(("data", "label"), samples(1), strict=True))
    assert net.predict({name: array[:4] for name, array in given.items()}, "loss").shape == ()
    with pytest.raises(ShapeError, match=r"cannot join blob 'loss': a batch gives \(\), not a row for each sample"):
        net.predict(given, "loss")
    with pytest.raises(ShapeError, match=r"cannot join blob 'loss': .* such as outputs=\['loss/prob'\]"):
        net.predict(given, ["loss", "loss/prob"])


def test_losses_and_statistics_are_no_predictions_unless_they_are_named(backend: Backend) -> None:
    accuracy = AccuracyLayer(name="acc", bottoms=["ip2", "label"])
    net = Net("n", backend, [data(), *classifier(), accuracy], dtype="float64")
    net.init()
    x, labels = samples(1)
    both = {"data": x, "label": labels}
    np.testing.assert_array_equal(net.predict(both), net.predict(x))
    batch = {name: array[:4] for name, array in both.items()}
    named = net.predict(batch, ["loss", "acc", "loss/prob"])
    np.testing.assert_array_equal(named["loss/prob"], net.predict(x[:4]))
    own = -np.log(named["loss/prob"][np.arange(4), labels[:4].astype(int).ravel()]).mean()
    assert named["loss"] == pytest.approx(own, rel=1e-12)


def test_an_auto_encoder_gives_its_reconstruction(backend: Backend) -> None:
    """Although its loss needs nothing but the data."""
    layers = [
        InnerProductLayer(name="encode", output_dim=2, bottoms=["data"], tops=["code"]),
        InnerProductLayer(name="decode", output_dim=5, bottoms=["code"], tops=["again"]),
        SquareLossLayer(name="loss", bottoms=["again", "data"]),
    ]
    net = Net("n", backend, [data(), *layers], dtype="float64")
    net.init()
    x = samples(1)[0]
    np.testing.assert_array_equal(net.predict(x), net.predict(x, "again"))
    assert net.predict(x[:4], "loss").shape == ()


def test_where_there_is_nothing_else_a_loss_is_given(backend: Backend) -> None:
    inputs = InputLayer(name="in", tops=["a", "b"], shapes=[(4, 3), (4, 3)])
    net = Net("n", backend, [inputs, SquareLossLayer(name="loss", bottoms=["a", "b"])], dtype="float64")
    assert net.predict({"a": np.ones((2, 3)), "b": np.zeros((2, 3))}) == pytest.approx(1.5)


def test_an_input_that_is_missing_is_named(backend: Backend) -> None:
    inputs = InputLayer(name="in", tops=["a", "b"], shapes=[(4, 3), (4, 3)])
    layers = [ElementWiseLayer(name="sum", bottoms=["a", "b"], tops=["sum"])]
    net = Net("n", backend, [inputs, *layers], dtype="float64")
    for given in (np.ones((4, 3)), {"a": np.ones((4, 3))}):
        with pytest.raises(BlobAccessError, match=r"nothing from 'a' alone; not given: 'b', which layer 'sum' reads"):
            net.predict(given)
    with pytest.raises(BlobAccessError, match=r"cannot give blob 'sum': known are none; not given: 'b', which layer"):
        net.predict(np.ones((4, 3)), "sum")


def test_inputs_of_different_lengths_are_one_batch_if_the_net_was_built_for_them(backend: Backend) -> None:
    inputs = InputLayer(name="in", tops=["x", "rois"], shapes=[(1, 2, 4, 4), (3, 5)])
    net = Net("n", backend, [inputs, ROIPoolingLayer(size=1, bottoms=["x", "rois"], tops=["y"])], dtype="float64")
    x, rois = np.arange(32.0).reshape(1, 2, 4, 4), np.array([[0, 0, 0, k, k] for k in range(3)], float)
    np.testing.assert_array_equal(net.predict({"x": x, "rois": rois})[:, :, 0, 0], [[0, 16], [5, 21], [10, 26]])
    with pytest.raises(ShapeError, match=r"built for, {'x': 1, 'rois': 3}; got {'x': 1, 'rois': 2}.*shapes="):
        net.predict({"x": x, "rois": rois[:2]})


def test_a_misfit_says_what_the_samples_should_be(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    net.init()
    with pytest.raises(ShapeError, match=r"of shape \(6,\), trained on \(5,\); the net's parameters do not fit them$"):
        net.predict(np.zeros((2, 6)))
    conv = ConvolutionLayer(name="conv", n_filter=2, kernel=3, bottoms=["x"], tops=["y"])
    images = Net("n", backend, [InputLayer(name="in", tops=["x"], shapes=[(4, 1, 6, 6)]), conv])
    with pytest.raises(ShapeError, match=r"trained on \(1, 6, 6\) \(one sample is array\[None\]"):
        images.predict(np.zeros((1, 6, 6)))


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
