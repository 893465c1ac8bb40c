"""How parameters start and learn, and which layers share them."""

from __future__ import annotations

import pytest

from mocha_caffe.fillers import SparseGaussianInitializer, UnitBallInitializer, VarianceXavierInitializer
from mocha_caffe.layers import BorrowingLayer
from mocha_core import (
    ConstantInitializer,
    GaussianInitializer,
    L1Regu,
    L2Regu,
    MsraInitializer,
    NoRegu,
    NullInitializer,
    OptionError,
    ParameterError,
    UniformInitializer,
    XavierInitializer,
)

from .texts import DATA, conv, layer, model


def first(text: str, **settings: object):
    return next(each for each in model(DATA + text, **settings).layers if each.name == "conv1")


def filled(filler: str):
    block = f"convolution_param {{ num_output: 4 kernel_size: 3 weight_filler {{ {filler} }} }}"
    return first(layer("conv1", "Convolution", "data", "", block)).filter_init


def test_multipliers_default_to_one_for_weights_and_biases():
    found = first(conv("conv1", "data"))
    assert (found.filter_lr, found.bias_lr) == (1.0, 1.0)
    assert found.filter_regu == found.bias_regu == L2Regu(0.5)


def test_multipliers():
    found = first(conv("conv1", "data", "", "param { lr_mult: 1 decay_mult: 3 } param { lr_mult: 2 decay_mult: 0 }"))
    assert (found.filter_lr, found.bias_lr) == (1.0, 2.0)
    assert (found.filter_regu, found.bias_regu) == (L2Regu(1.5), NoRegu())


def test_l1():
    assert first(conv("conv1", "data"), regularization="L1").filter_regu == L1Regu(1.0)


def test_without_a_filler_weights_wait_to_be_loaded_and_biases_are_zero():
    found = first(conv("conv1", "data"))
    assert (found.filter_init, found.bias_init) == (NullInitializer(), ConstantInitializer(0.0))


@pytest.mark.parametrize(
    ("filler", "expected"),
    [
        ('type: "constant" value: 2', ConstantInitializer(2.0)),
        ('type: "gaussian" std: 0.5', GaussianInitializer(std=0.5)),
        ('type: "gaussian" std: 0.5 sparse: 3', SparseGaussianInitializer(std=0.5, sparse=3)),
        ('type: "uniform" min: -1 max: 0.5', UniformInitializer(-1.0, 0.5)),
        ('type: "xavier"', XavierInitializer()),
        ('type: "xavier" variance_norm: AVERAGE', VarianceXavierInitializer("average")),
        ('type: "msra" variance_norm: FAN_OUT', MsraInitializer("out")),
        ('type: "positive_unitball"', UnitBallInitializer()),
    ],
)
def test_fillers(filler, expected):
    assert filled(filler) == expected


def test_an_unknown_filler_is_refused_with_its_place():
    with pytest.raises(OptionError, match=r"net\.prototxt:2:1: layer 'conv1' .*weight_filler has the type 'xaver'"):
        filled('type: "xaver"')


def test_layers_all_of_whose_rates_are_zero_are_frozen():
    still = "param { lr_mult: 0 } param { lr_mult: 0 }"
    found = model(DATA + conv("a", "data", "", still) + conv("b", "a", "", "param { lr_mult: 0 }"))
    assert found.frozen == ("a",)


@pytest.mark.parametrize(("rate", "frozen"), [(1, ()), (0, ("a", "b"))])
def test_a_layer_that_borrows_is_frozen_if_what_it_borrows_is(rate, frozen):
    mine = f'param {{ name: "w" lr_mult: {rate} }} param {{ lr_mult: {rate} }}'
    borrowed = 'param { name: "w" } param { lr_mult: 0 }'
    found = model(DATA + conv("a", "data", "", mine) + conv("b", "data", "", borrowed))
    assert isinstance(found.layers[-1], BorrowingLayer)
    assert found.frozen == frozen


SHARED = 'param { name: "w" } param { name: "b" }'


def test_shared_by_name():
    found = model(DATA + conv("a", "data", "", SHARED.replace("}", "lr_mult: 3 }")) + conv("b", "data", "", SHARED))
    one, other = found.layers[1:]
    assert (one.key, other.key) == ("a", "a")
    assert other.filter_lr == one.filter_lr == 3.0


def test_shared_parameters_have_one_shape():
    with pytest.raises(ParameterError, match=r"net\.prototxt:3:1: layer 'b' .*filter is of shape"):
        model(DATA + conv("a", "data", "", SHARED) + conv("b", "a", "", SHARED))
