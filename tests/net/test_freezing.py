"""Freezing layers: nothing below is computed in vain, nothing stale is left over, and it can change while training."""

from __future__ import annotations

import pytest

from mocha_core.backend import Backend
from mocha_core.errors import OptionError
from mocha_core.net import Net

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
