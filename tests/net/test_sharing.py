"""Parameters shared between nets and layers, and the errors where they cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import L2Cons, L2Regu
from mocha_core.backend import Backend
from mocha_core.errors import ParameterError
from mocha_core.layers.accuracy import AccuracyLayer
from mocha_core.net import Net
from mocha_core.parameters import ParameterStore

from .nets import classifier, data


def test_nets_of_the_same_layers_share_whatever_is_built_first(backend: Backend) -> None:
    """Old Mocha initialised anew, and wiped loaded values, when the validation net came first (item 21)."""
    accuracy = AccuracyLayer(name="acc", bottoms=["ip2", "label"])
    test = Net("test", backend, [data(), *classifier()[:2], accuracy], phase="test")
    train = Net("train", backend, [data(), *classifier()])
    train.all_parameters[0].load(np.full((7, 5), 0.25))
    test.init()
    train.init()
    assert (train.all_parameters[0].blob.to_array() == 0.25).all()
    assert train.all_parameters[0] is test.all_parameters[0]


def test_values_set_before_the_first_init_stay(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    weight, bias, *others = net.all_parameters
    weight.blob.set(np.full((7, 5), 0.25))
    bias.blob.fill(7)
    assert [parameter.ready for parameter in net.all_parameters] == [True, True, False, False]
    net.forward()
    assert (weight.blob.to_array() == 0.25).all()
    assert (bias.blob.to_array() == 7).all()
    assert all(parameter.ready for parameter in others)


def test_initial_values_do_not_depend_on_the_order_of_nets(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    net.init()
    first = {p.path: p.blob.to_array() for p in net.all_parameters}
    other = Net("m", backend, list(reversed([data(), *classifier()])), parameters=ParameterStore(backend))
    other.init()
    assert all((first[p.path] == p.blob.to_array()).all() for p in other.all_parameters)


def test_two_different_layers_of_one_name(backend: Backend) -> None:
    Net("a", backend, [data(), *classifier()])
    ip1, *rest = classifier()
    with pytest.raises(ParameterError, match=r"'ip1': shape of 'weight' is \(7, 5\) in the first and \(8, 5\)"):
        Net("b", backend, [data(), ip1.replace(output_dim=8), *rest])
    Net("b", backend, [data(), ip1.replace(output_dim=8), *rest], parameters=ParameterStore(backend))


def test_another_element_type(backend: Backend) -> None:
    Net("a", backend, [data(), *classifier()])
    with pytest.raises(ParameterError, match="ip1___weight is float32, the new net computes in float64"):
        Net("b", backend, [data(), *classifier()], dtype="float64")


def test_a_second_init_changes_nothing(backend: Backend) -> None:
    net = Net("n", backend, [data(), *classifier()])
    net.init()
    before = net.all_parameters[0].blob.to_array()
    net.backend.seed += 1
    net.init()
    assert (net.all_parameters[0].blob.to_array() == before).all()


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("weight_regu", L2Regu(2.0), "regularizer"),
        ("weight_cons", L2Cons(3.0), "constraint"),
        ("weight_lr", 0.5, "rate"),
    ],
)
def test_the_second_sharers_options_are_never_ignored(backend: Backend, option: str, value: object, what: str) -> None:
    """Old Mocha took the first one's in silence (item 23)."""
    Net("a", backend, [data(), *classifier()])
    ip1, *rest = classifier()
    with pytest.raises(ParameterError, match=f"'ip1': {what} of 'weight' is"):
        Net("b", backend, [data(), ip1.replace(**{option: value}), *rest])
