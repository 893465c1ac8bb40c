"""Freezing layers: nothing below is computed in vain, nothing stale is left over, and it can change while training."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_core.backend import Backend
from mocha_core.errors import OptionError
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.net import Net
from mocha_core.parameters import ParameterStore

from .nets import classifier, data
from .slope import assert_gradients_are_slopes


def paths(net: Net) -> list[str]:
    return [t.parameter.path for t in net.trainable]


def test_frozen_layer_gets_no_gradient_but_passes_it_on(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], dtype="float64")
    net.freeze("ip2")
    assert paths(net) == ["ip1___weight", "ip1___bias"]
    assert_gradients_are_slopes(net)


def test_backward_stops_above_a_frozen_bottom(backend: Backend) -> None:
    """Old Mocha went on below it for nothing (section 12, item 30)."""
    net = Net("n", backend, [data(), *classifier()], dtype="float64")
    whole = len(net._program.wiring.backward)
    net.freeze("ip1")
    assert len(net._program.wiring.backward) < whole
    assert_gradients_are_slopes(net)


def test_unfreezing_while_training(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], dtype="float64")
    before, revision = paths(net), net.revision
    net.forward()
    net.freeze_all()
    assert paths(net) == []
    net.backward()
    net.unfreeze("ip2")
    assert paths(net) == ["ip2___weight", "ip2___bias"]
    net.unfreeze_all()
    assert paths(net) == before
    assert net.revision == revision + 3
    assert_gradients_are_slopes(net)


def test_freezing_before_initialisation_still_initialises(backend: Backend) -> None:
    """Item 24: old Mocha left such parameters as uninitialised memory."""
    net = Net("n", backend, [data(), *classifier()])
    net.freeze_all()
    net.init()
    assert all(p.ready for p in net.all_parameters)


def test_unknown_layer(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    with pytest.raises(OptionError, match="no layer 'ip11' to freeze; did you mean 'ip1'"):
        net.freeze("ip11")


def shared(backend: Backend) -> Net:
    """A net that uses the parameters of ip1 twice, in ip1 and again in ip1b."""
    ip1, ip2, loss = classifier()
    bottoms = {"bottoms": ["ip1"], "tops": ["same"]}
    layers = [
        data(),
        ip1.replace(param_key="key"),
        InnerProductLayer(name="back", output_dim=5, **bottoms),
        ip1.replace(name="ip1b", param_key="key", bottoms=["same"], tops=["again"]),
        ip2.replace(bottoms=["again"]),
        loss,
    ]
    return Net("n", backend, layers, dtype="float64", gradients=["data"], parameters=ParameterStore(backend))


@pytest.mark.parametrize("name", ["ip1", "ip1b"])
def test_a_parameter_that_a_frozen_layer_shares_stays(backend: Backend, name: str) -> None:
    free, net = shared(backend), shared(backend)
    net.freeze(name)
    assert paths(net) == ["back___weight", "back___bias", "ip2___weight", "ip2___bias"]
    for each in (free, net):
        each.forward_backward()
    wanted = {t.parameter.path: t.diff.to_array() for t in free.trainable}
    for trainable in net.trainable:
        np.testing.assert_array_equal(trainable.diff.to_array(), wanted[trainable.parameter.path])
    np.testing.assert_array_equal(net.diff("data").to_array(), free.diff("data").to_array())
    assert_gradients_are_slopes(net)


def test_what_stays_because_it_is_shared_is_told(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mocha")
    net = shared(backend)
    net.check_bp_topology()
    assert not caplog.messages
    net.freeze("ip1b")
    net.check_bp_topology()
    told = "key___bias, key___weight with it, which stays as is"
    assert caplog.messages == [f"Layer 'ip1' is not frozen, but a frozen layer shares {told}"]
    net.freeze("ip1")
    caplog.clear()
    net.check_bp_topology()
    assert not caplog.messages


def test_a_parameter_may_be_frozen_alone(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()], dtype="float64")
    net.freeze("ip1___weight", "ip2")
    assert paths(net) == ["ip1___bias"]
    net.check_bp_topology()
    assert_gradients_are_slopes(net)
    net.unfreeze("ip1___weight")
    assert paths(net) == ["ip1___weight", "ip1___bias"]
