"""What of a net an exporter writes: inputs, layers and outputs of a prediction, for any number of samples."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    AccuracyLayer,
    BiasLayer,
    DropoutLayer,
    InnerProductLayer,
    InputLayer,
    MemoryDataLayer,
    MemoryOutputLayer,
    Net,
    Neurons,
    OptionError,
    ParameterError,
    RandomNormalLayer,
    ReshapeLayer,
    ShapeError,
    SoftmaxLossLayer,
    SquareLossLayer,
)
from mocha_core.layers import ConcatLayer, LSTMLayer
from mocha_core.net.deploying import deployed
from mocha_core.testing import ReferenceBackend

ROWS, LABELS = np.ones((12, 5)), np.zeros((12, 1))
DATA = MemoryDataLayer(data=[ROWS, LABELS], batch_size=4, tops=["data", "label"])
IP = InnerProductLayer(name="ip", output_dim=3, neuron=Neurons.ReLU(), bottoms=["data"], tops=["ip"])
LOSS = SoftmaxLossLayer(name="loss", bottoms=["ip", "label"])


def net(*layers, phase="train"):
    made = Net("net", ReferenceBackend(), layers, phase=phase)
    made.init()
    return made


def test_a_training_net():
    accuracy = AccuracyLayer(name="acc", bottoms=["ip", "label"])
    model = deployed(net(DATA, IP, DropoutLayer(name="drop", bottoms=["ip"]), LOSS, accuracy))
    assert {name: spec.shape for name, spec in model.inputs.items()} == {"data": (4, 5)}
    assert model.outputs == ("loss/prob",)
    assert [node.layer.name for node in model.graph.nodes] == ["inputs", "ip", "ip/relu", "loss/prob"]


def test_a_loss_that_stands_for_nothing_leaves_its_prediction():
    target = MemoryDataLayer(data=[ROWS, np.ones((12, 3))], batch_size=4, tops=["data", "target"])
    model = deployed(net(target, IP, SquareLossLayer(name="loss", bottoms=["ip", "target"])))
    assert (tuple(model.inputs), model.outputs) == (("data",), ("ip",))


def test_it_runs_for_any_number_of_samples():
    made = net(DATA, IP, LOSS)
    for num in (1, 4, 7):
        model = deployed(made).at(num)
        x = np.random.default_rng(num).normal(size=(num, 5))
        np.testing.assert_allclose(model.run({"data": x})["loss/prob"], made.predict(x), rtol=1e-6)


def test_outputs_that_are_asked_for():
    made = net(DATA, IP, LOSS)
    model = deployed(made, ["ip"])
    assert [layer.name for layer in model.layers] == ["ip"]
    with pytest.raises(OptionError, match="blob 'probe', which the net does not predict"):
        deployed(made, ["probe"])
    with pytest.raises(OptionError, match="blob 'data', which the net does not predict"):
        deployed(made, ["data"])


def test_inputs_that_no_output_needs():
    inputs = InputLayer(tops=["data", "more"], shapes=[(4, 5), (4, 3)])
    both = ConcatLayer(name="both", bottoms=["ip", "more"], tops=["both"])
    assert tuple(deployed(net(inputs, IP, both, phase="test")).inputs) == ("data", "more")
    assert tuple(deployed(net(inputs, IP, both, phase="test"), ["ip"]).inputs) == ("data",)


def test_a_blob_that_is_handed_out_is_an_output():
    model = deployed(net(DATA, IP, MemoryOutputLayer(name="out", bottoms=["ip"]), phase="test"))
    assert model.outputs == ("ip",)


def test_noise_becomes_an_input():
    noise = RandomNormalLayer(name="noise", tops=["noise"], output_dims=[2], batch_sizes=[4])
    both = ConcatLayer(name="both", bottoms=["data", "noise"], tops=["both"])
    data = MemoryDataLayer(data=[ROWS], batch_size=4, tops=["data"])
    model = deployed(net(data, noise, both, phase="test"))
    assert {name: spec.shape for name, spec in model.at(9).inputs.items()} == {"data": (9, 5), "noise": (9, 2)}
    found = model.run({"data": ROWS[:4], "noise": np.full((4, 2), 7.0)})["both"]
    assert found[:, 5:].tolist() == [[7.0, 7.0]] * 4


def test_a_net_that_predicts_nothing():
    with pytest.raises(OptionError, match="makes no prediction"):
        deployed(net(DATA, AccuracyLayer(name="acc", bottoms=["data", "label"]), phase="test"))


def test_another_number_of_samples_that_does_not_fit():
    inputs = InputLayer(tops=["data"], shapes=[(4, 6)])
    fixed = ReshapeLayer(name="shape", axis=0, shape=(3, 8), bottoms=["data"], tops=["y"])
    with pytest.raises(ShapeError, match="cannot hold them"):
        deployed(net(inputs, fixed, phase="test")).at(5)
    one_each = BiasLayer(name="bias", axis=0, bottoms=["data"], tops=["y"])
    with pytest.raises(ShapeError, match="its parameters are for 4 samples, not 9"):
        deployed(net(inputs, one_each, phase="test")).at(9)


def test_nothing_is_remembered_from_run_to_run():
    inputs = InputLayer(tops=["x", "cont"], shapes=[(3, 2, 4), (3, 2)])
    lstm = LSTMLayer(name="lstm", output_dim=2, stateful=True, bottoms=["x", "cont"], tops=["h"])
    model = deployed(net(inputs, lstm, phase="test"))
    assert [node.layer.name for node in model.graph.nodes] == ["inputs", "lstm"]


def test_parameters_without_values():
    model = deployed(Net("net", ReferenceBackend(), [DATA, IP, LOSS]))
    with pytest.raises(ParameterError, match=r"ip___weight of net 'net' holds no values yet"):
        model.parameters(1)
