"""`mocha.export(net, "net.onnx")`: what the file says, what is refused, what an error leaves behind."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

import mocha_core as mocha
from mocha_core import (
    AccuracyLayer,
    BlobSpec,
    ConcatLayer,
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    InputLayer,
    Layer,
    MemoryDataLayer,
    ModelNotes,
    Net,
    Neuron,
    NeuronLayer,
    Neurons,
    NumericalError,
    OptionError,
    ParameterError,
    Plan,
    PoolingLayer,
    RandomNormalLayer,
    ReshapeLayer,
    SliceLayer,
    SoftmaxLossLayer,
    spec,
)
from mocha_core.testing import ReferenceBackend
from mocha_onnx import checking, forget, proto, translates
from mocha_onnx.checking import opened

LAYERS = [
    MemoryDataLayer(data=[np.ones((6, 2, 7, 5)), np.zeros((6, 1))], batch_size=3, tops=["data", "label"]),
    ConvolutionLayer(name="conv1", n_filter=4, kernel=3, neuron=Neurons.ReLU(), bottoms=["data"], tops=["conv1"]),
    PoolingLayer(name="pool1", kernel=2, stride=2, bottoms=["conv1"], tops=["pool1"]),
    InnerProductLayer(name="ip", output_dim=3, bottoms=["pool1"], tops=["ip"]),
    DropoutLayer(name="drop", bottoms=["ip"]),
    SoftmaxLossLayer(name="loss", bottoms=["ip", "label"]),
    AccuracyLayer(name="acc", bottoms=["ip", "label"]),
]


def net(*layers, shape=(3, 4), phase="test", ready=True):
    given = [InputLayer(tops=["data"], shapes=[shape]), *layers] if layers else LAYERS
    made = Net("small", ReferenceBackend(), given, phase=phase)
    if ready:
        made.init()
    return made


def exported(tmp_path, made, **options):
    said = mocha.export(made, tmp_path / "net.onnx", **options)
    return onnx.load(tmp_path / "net.onnx"), said


def shapes(values):
    return {v.name: [d.dim_param or d.dim_value or "?" for d in v.type.tensor_type.shape.dim] for v in values}


def test_a_training_net_is_exported_as_it_predicts(tmp_path):
    model, said = exported(tmp_path, net(phase="train"))
    assert shapes(model.graph.input) == {"data": ["batch", 2, 7, 5]}
    assert shapes(model.graph.output) == {"loss/prob": ["batch", 3]}
    assert said[0] == "opset 17; inputs data (batch x 2 x 7 x 5); outputs loss/prob (batch x 3); 6 nodes"
    assert "with 1 and 2 samples" in said[1]


def test_names_are_kept(tmp_path):
    model, _ = exported(tmp_path, net())
    assert [node.name for node in model.graph.node] == ["conv1", "conv1/relu", "pool1", "ip/Flatten", "ip", "loss/prob"]
    assert [node.output[0] for node in model.graph.node if node.name != "ip/Flatten"] == [
        "conv1/0",
        "conv1",
        "pool1",
        "ip",
        "loss/prob",
    ]
    parameters = {"conv1___filter", "conv1___bias", "ip___weight"}
    assert parameters <= {constant.name for constant in model.graph.initializer}


def test_shapes_in_between_are_told(tmp_path):
    model, _ = exported(tmp_path, net())
    assert shapes(model.graph.value_info)["pool1"] == ["batch", 4, 3, 2]


@pytest.mark.parametrize("opset", [13, 17, 18, 21])
def test_the_opset(tmp_path, opset):
    model, _ = exported(tmp_path, net(), opset=opset)
    assert [(each.domain, each.version) for each in model.opset_import] == [("", opset)]
    assert model.ir_version == onnx.helper.find_min_ir_version_for([onnx.helper.make_opsetid("", opset)])


def test_a_fixed_number_of_samples(tmp_path):
    model, said = exported(tmp_path, net(), batch=5)
    assert shapes(model.graph.input) == {"data": [5, 2, 7, 5]}
    assert "with 5 samples" in said[1]


def test_any_number_of_samples_really_runs(tmp_path):
    made = net()
    exported(tmp_path, made)
    session = opened((tmp_path / "net.onnx").read_bytes())
    for num in (1, 2, 9):
        x = np.random.default_rng(num).normal(size=(num, 2, 7, 5)).astype(np.float32)
        np.testing.assert_allclose(session.run(None, {"data": x})[0], made.predict(x), rtol=0, atol=1e-6)


def test_outputs_that_are_asked_for(tmp_path):
    model, _ = exported(tmp_path, net(), outputs=["conv1", "ip"])
    assert list(shapes(model.graph.output)) == ["conv1", "ip"]
    model, _ = exported(tmp_path, net(), outputs="pool1")
    assert list(shapes(model.graph.output)) == ["pool1"]
    assert not any(constant.name.startswith("ip") for constant in model.graph.initializer)


def test_an_input_that_a_neuron_changes(tmp_path):
    model, _ = exported(tmp_path, net(NeuronLayer(name="relu", bottoms=["data"], neuron=Neurons.ReLU())))
    assert (list(shapes(model.graph.input)), list(shapes(model.graph.output))) == (["data"], ["data/1"])


def test_noise_is_an_input(tmp_path):
    noise = RandomNormalLayer(name="noise", tops=["noise"], output_dims=[2], batch_sizes=[3])
    model, _ = exported(tmp_path, net(noise, ConcatLayer(bottoms=["data", "noise"], tops=["both"])))
    assert shapes(model.graph.input) == {"data": ["batch", 4], "noise": ["batch", 2]}


def test_a_shared_parameter_is_written_once(tmp_path):
    one = InnerProductLayer(name="a", output_dim=4, param_key="shared", bottoms=["data"], tops=["a"])
    model, _ = exported(tmp_path, net(one, one.replace(name="b", bottoms=["a"], tops=["b"])))
    assert [c.name for c in model.graph.initializer if "weight" in c.name] == ["shared___weight"]


def test_numbers_in_float64_become_float32(tmp_path):
    made = Net("double", ReferenceBackend(), LAYERS, phase="test", dtype="float64")
    made.init()
    model, _ = exported(tmp_path, made)
    assert {c.data_type for c in model.graph.initializer} <= {onnx.TensorProto.FLOAT, onnx.TensorProto.INT64}


def test_notes_are_metadata(tmp_path):
    made = net()
    made.notes = ModelNotes(licence="BSD 2-clause", attribution="its makers")
    model, _ = exported(tmp_path, made)
    assert {each.key: each.value for each in model.metadata_props} == made.notes.as_strings()


WRONG = [
    ({"opset": 12}, "opset is a whole number, 13 ... 21, not 12"),
    ({"opset": 99}, "opset is a whole number"),
    ({"opset": "17"}, "opset is a whole number"),
    ({"batch": 0}, 'batch is "dynamic", or the number of samples'),
    ({"batch": "any"}, 'batch is "dynamic"'),
    ({"check": 1}, "check is True or False"),
    ({"opsett": 17}, "has no option 'opsett'; did you mean 'opset'"),
    ({"outputs": "probe"}, "blob 'probe', which the net does not predict"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_wrong_options(tmp_path, options, message):
    with pytest.raises(OptionError, match=message):
        exported(tmp_path, net(), **options)
    assert not list(tmp_path.iterdir())


def test_a_net_for_one_number_of_samples_only(tmp_path):
    fixed = net(ReshapeLayer(name="turn", axis=0, shape=(4, 3), bottoms=["data"], tops=["y"]))
    with pytest.raises(OptionError, match=r"'small' cannot take any number of samples: .*export with batch=3"):
        exported(tmp_path, fixed)
    exported(tmp_path, fixed, batch=3)


def test_a_layer_for_one_number_of_samples_only(tmp_path):
    cut = net(SliceLayer(name="cut", axis=0, slice_points=[1], bottoms=["data"], tops=["first", "rest"]))
    with pytest.raises(OptionError, match=r"layer 'cut' \(SliceLayer\) .*axis 0 of 'data'.*export with batch=3"):
        exported(tmp_path, cut)
    exported(tmp_path, cut, batch=3)


@spec(kw_only=True)
class TwiceLayer(Layer):
    """y = 2 x."""

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms)

    def forward(self, xp, v):
        return (2 * v.xs[0],)


@spec
class Cube(Neuron):
    """y = x^3."""

    def forward(self, xp, x):
        return x**3

    def backward(self, xp, y, dy):
        return 3 * dy * y ** (2 / 3)


TWICE = TwiceLayer(name="twice", bottoms=["data"], tops=["twice"])
CUBED = NeuronLayer(name="cubed", bottoms=["twice"], tops=["y"], neuron=Cube())


def test_all_layers_without_translation_are_listed_before_anything_is_written(tmp_path):
    message = r"'twice' \(TwiceLayer\), 'cubed' \(Cube\(\)\); write a function .*@mocha_onnx.translates"
    with pytest.raises(OptionError, match=message):
        exported(tmp_path, net(TWICE, CUBED))
    assert not list(tmp_path.iterdir())


def test_translations_of_ones_own(tmp_path):
    translates(TwiceLayer)(lambda layer, at: [2.0 * x for x in at.xs])
    translates(Cube)(lambda neuron, at, x: x * x * x)
    try:
        model, _ = exported(tmp_path, net(TWICE, CUBED))
    finally:
        forget(TwiceLayer)
        forget(Cube)
    assert [node.op_type for node in model.graph.node] == ["Mul", "Mul", "Mul"]


def test_a_wrong_translation_is_found_and_leaves_no_file(tmp_path):
    translates(TwiceLayer)(lambda layer, at: [3.0 * x for x in at.xs])
    try:
        with pytest.raises(NumericalError, match=r"computes something else, it differs by .* of the range of 'twice'"):
            exported(tmp_path, net(TWICE))
        assert not list(tmp_path.iterdir())
        assert "not compared" in exported(tmp_path, net(TWICE), check=False)[1][1]
    finally:
        forget(TwiceLayer)


def test_what_the_checker_refuses(tmp_path):
    translates(TwiceLayer)(lambda layer, at: [at.op("Twice", x) for x in at.xs])
    try:
        with pytest.raises(OptionError, match=r"ONNX's checker refuses the file: .*Twice"):
            exported(tmp_path, net(TWICE))
    finally:
        forget(TwiceLayer)
    assert not list(tmp_path.iterdir())


def test_what_onnx_runtime_cannot_run(tmp_path):
    # Right by the rules of ONNX: which rows are gathered is known only when it runs, and there are not so many.
    translates(TwiceLayer)(lambda layer, at: [at.op("Gather", at.xs[0], at.op("Shape", at.xs[0]), axis=0)])
    try:
        with pytest.raises(OptionError, match=r"ONNX Runtime cannot run the file: .*nothing was written"):
            exported(tmp_path, net(TWICE))
    finally:
        forget(TwiceLayer)
    assert not list(tmp_path.iterdir())


def test_without_onnx_runtime(tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "find_spec", lambda name: None)
    _, said = exported(tmp_path, net())
    assert said[1] == 'not compared with the net, for want of ONNX Runtime; pip install "mocha-onnx[check]"'


def test_parameters_that_cannot_be_written(tmp_path):
    with pytest.raises(ParameterError, match=r"call net\.init\(\)"):
        exported(tmp_path, net(ready=False))
    broken = net()
    broken.all_parameters[0].load(np.full(broken.all_parameters[0].blob.shape, np.inf))
    with pytest.raises(NumericalError, match="conv1___filter holds NaN, Inf"):
        exported(tmp_path, broken)


def test_a_model_too_large_for_the_format(tmp_path, monkeypatch):
    monkeypatch.setattr(proto, "LIMIT", 1000)
    big = InnerProductLayer(name="ip", output_dim=500, bottoms=["data"], tops=["y"])
    with pytest.raises(OptionError, match=r"GB of parameters, and an ONNX file ends at 2 GB; export to \.safetensors"):
        exported(tmp_path, net(big))
    assert not list(tmp_path.iterdir())
