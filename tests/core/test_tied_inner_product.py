"""Tied auto-encoders: the decoder's weight is the encoder's, turned round."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import Neurons
from mocha_core.errors import OptionError, ParameterError, ShapeError
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.square_loss import SquareLossLayer
from mocha_core.layers.tied_inner_product import TiedInnerProductLayer
from mocha_core.net import Net
from mocha_core.testing.backends import ReferenceBackend
from tests.net.slope import assert_gradients_are_slopes

from .running import assert_gradient_is_slope, backward, forward, grid, on_numpy_and_strict, parameters, plan

LAYER = TiedInnerProductLayer(name="dec", tied_param_key="enc", output_dim=5, bottoms=["h"], tops=["out"])
ENCODER = InnerProductLayer(name="enc", output_dim=3, neuron=Neurons.Tanh(), bottoms=["data"], tops=["h"])
DECODER = LAYER.replace(output_dim=0, neuron=Neurons.Sigmoid())


def auto_encoder(decoder=DECODER, encoder=ENCODER, **options):
    data = MemoryDataLayer(name="data", tops=["data"], data=[np.random.default_rng(0).random((6, 5))], batch_size=6)
    loss = SquareLossLayer(name="loss", bottoms=["out", "data"])
    return Net("tied", ReferenceBackend(seed=1), [data, encoder, decoder, loss], dtype="float64", **options)


def gradients(net):
    net.forward_backward()
    return {t.parameter.path: t.diff.to_array() for t in net.trainable}


@on_numpy_and_strict
def test_the_weight_is_turned_round(xp):
    xs = [grid((4, 3)), grid((2, 3), seed=1)]
    layer = LAYER.replace(bottoms=["a", "b"], tops=["c", "d"])
    params = parameters(layer, xs)
    for x, y in zip(xs, forward(xp, layer, xs, params), strict=True):
        for n, f in np.ndindex(*y.shape):
            terms = [x[n, h] * params["weight"][h, f] for h in range(3)]
            assert y[n, f] == pytest.approx(sum(terms) + params["bias"][0, f], rel=1e-14, abs=1e-15)
    assert params["weight"].shape == (3, 5)


@on_numpy_and_strict
def test_gradient_is_the_slope(xp):
    assert_gradient_is_slope(xp, LAYER.replace(bottoms=["a", "b"], tops=["c", "d"]), [grid((4, 3)), grid((2, 3))])


def test_a_tied_auto_encoder_follows_the_true_gradient():
    """Behaviour 20: in old Mocha the shared weight learnt from the encoder alone."""
    net = auto_encoder()
    assert_gradients_are_slopes(net)
    assert set(gradients(net)) == {"enc___weight", "enc___bias", "dec___bias"}


def test_the_old_rule_leaves_out_the_decoder():
    """With h = tanh(x W' + b): the true gradient less the decoder's part, h' d, with d that of its pre-activation."""
    true, old = auto_encoder(keep="all"), auto_encoder(DECODER.replace(update_tied=False))
    full, part = gradients(true), gradients(old)
    h, out, x = (true.blob(name).to_array() for name in ("h", "out", "data"))
    d = (out - x) / 6 * out * (1 - out)
    np.testing.assert_allclose(full["enc___weight"] - part["enc___weight"], h.T @ d, rtol=0, atol=1e-14)
    for name in ("enc___bias", "dec___bias"):
        np.testing.assert_array_equal(full[name], part[name])
    assert np.abs(h.T @ d).max() > 1e-4


def test_the_encoder_says_how_many_numbers_come_out():
    net = auto_encoder()
    assert net.layers[3].output_dim == 5
    assert [p.path for p in net.all_parameters] == ["enc___weight", "enc___bias", "dec___bias"]


def test_the_encoder_may_be_in_a_net_built_before():
    whole = auto_encoder()
    data = MemoryDataLayer(name="code", tops=["h"], data=[np.eye(3)], batch_size=3)
    alone = Net("decoder", whole.backend, [data, DECODER], dtype="float64")
    assert {p.path: p for p in whole.all_parameters}["enc___weight"] in alone.all_parameters
    assert whole.predict(np.zeros((2, 5)), outputs="out").shape == (2, 5)


def test_by_param_key():
    net = auto_encoder(DECODER.replace(tied_param_key="shared"), ENCODER.replace(param_key="shared"))
    assert net.all_parameters[0].path == "shared___weight"


@pytest.mark.parametrize(("frozen", "learning"), [("enc", {"dec___bias"}), ("dec", {"enc___bias"})])
@pytest.mark.parametrize("update_tied", [True, False])
def test_the_weight_stays_if_either_is_frozen(frozen, learning, update_tied):
    whole, net = (auto_encoder(DECODER.replace(update_tied=update_tied)) for _ in range(2))
    net.freeze(frozen)
    want, got = gradients(whole), gradients(net)
    assert got.keys() == learning
    for path, gradient in got.items():
        np.testing.assert_array_equal(gradient, want[path])
    net.freeze("enc", "dec")
    assert not net.trainable


@on_numpy_and_strict
def test_without_a_bias(xp):
    layer, xs = LAYER.replace(bias=False, update_tied=False), [grid((4, 3))]
    assert [p.name for p in plan(layer, xs).params] == ["weight"]
    _, grads = backward(xp, layer, xs, [grid((4, 5))])
    assert grads == {}


def test_no_encoder():
    data = MemoryDataLayer(name="code", tops=["h"], data=[np.eye(3)], batch_size=3)
    with pytest.raises(ParameterError, match=r"'dec'.*no parameter enc___weight to share; the layer 'enc' must come"):
        Net("decoder", ReferenceBackend(), [data, DECODER])


def test_an_encoder_of_another_size():
    data = MemoryDataLayer(name="code", tops=["h"], data=[np.eye(4)], batch_size=4)
    backend = auto_encoder().backend
    with pytest.raises(ParameterError, match="enc___weight is 3 x 5, the layer that shares it needs 4 x 5"):
        Net("decoder", backend, [data, DECODER.replace(name="other")], dtype="float64")


def test_an_encoder_of_another_element_type():
    data = MemoryDataLayer(name="code", tops=["h"], data=[np.eye(3)], batch_size=3)
    backend = auto_encoder().backend
    with pytest.raises(ParameterError, match="enc___weight is float64, the new net computes in float32"):
        Net("decoder", backend, [data, DECODER.replace(name="other")])


@pytest.mark.parametrize("options", [{"tied_param_key": ""}, {"tied_param_key": "dec"}, {"output_dim": -1}])
def test_options_that_cannot_be(options):
    with pytest.raises(OptionError, match="'dec'"):
        LAYER.replace(**options)


def test_bottoms_are_batches():
    with pytest.raises(ShapeError, match=r"reads \(num, features\)"):
        plan(LAYER, [grid((3,))])
