"""A folded net computes the same: float64, random layers of every kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocha_core import (
    Backend,
    BiasLayer,
    ConvolutionLayer,
    DeconvolutionLayer,
    InnerProductLayer,
    Layer,
    NeuronLayer,
    Neurons,
    ScaleLayer,
    fold,
)
from mocha_core.testing.backends import ReferenceBackend

from .nets import LIMIT, error, names, net, normalised, predictions

FILTERS = {"convolution": ConvolutionLayer, "deconvolution": DeconvolutionLayer}


@given(
    kind=st.sampled_from(sorted(FILTERS)),
    groups=st.sampled_from([1, 2]),
    kernel=st.sampled_from([1, 3, (2, 3)]),
    stride=st.integers(1, 2),
    pad=st.integers(0, 1),
    dilation=st.integers(1, 2),
    biases=st.tuples(st.booleans(), st.booleans()),
    after=st.sampled_from([[], ["bias"], ["scalar"], ["scale", "bias"]]),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_filters(kind, groups, kernel, stride, pad, dilation, biases, after, seed) -> None:
    options = {"n_filter": 6, "n_group": groups, "kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation}
    lead = FILTERS[kind](name="conv", bottoms=["data"], tops=["conv"], bias=biases[0], **options)
    layers = [lead, *normalised("conv", bias=biases[1]), *more("scale1", after)]
    plain = net(ReferenceBackend(), layers, (2, 4, 9, 8), seed)
    folded = fold(plain)
    assert names(folded) == ["conv"]
    assert error(*predictions(plain, folded)) <= LIMIT


@given(
    axis=st.integers(1, 2),
    transposed=st.booleans(),
    biases=st.tuples(st.booleans(), st.booleans()),
    after=st.sampled_from([[], ["bias"], ["scalar"]]),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_inner_products(axis, transposed, biases, after, seed) -> None:
    options = {"axis": axis, "transposed": transposed, "bias": biases[0]}
    lead = InnerProductLayer(name="ip", output_dim=5, bottoms=["data"], tops=["ip"], **options)
    plain = net(
        ReferenceBackend(),
        [lead, *normalised("ip", bias=biases[1], axis=axis), *more("scale1", after, axis)],
        (3, 4, 6),
        seed,
    )
    folded = fold(plain)
    assert names(folded) == ["ip"]
    assert error(*predictions(plain, folded)) <= LIMIT


def more(bottom: str, kinds: list[str], axis: int = 1) -> list[Layer]:
    """Further layers that multiply or shift."""
    found: list[Layer] = []
    for kind in kinds:
        blobs = {"name": f"more/{kind}", "bottoms": [found[-1].tops[0] if found else bottom], "tops": [kind]}
        if kind == "bias":
            found.append(BiasLayer(axis=axis, **blobs))
        else:
            found.append(ScaleLayer(axis=axis, num_axes=0 if kind == "scalar" else 1, bias=True, **blobs))
    return found


@pytest.mark.parametrize("sides", [(7,), (4, 5, 3)])
def test_texts_and_volumes(backend: Backend, sides: tuple[int, ...]) -> None:
    lead = ConvolutionLayer(name="conv", n_filter=3, kernel=2, bottoms=["data"], tops=["conv"])
    plain = net(backend, [lead, *normalised("conv")], (2, 4, *sides))
    assert error(*predictions(plain, fold(plain))) <= LIMIT


def test_with_neurons_between_and_after(backend: Backend) -> None:
    conv = ConvolutionLayer(name="conv", n_filter=3, kernel=3, bottoms=["data"], tops=["conv"])
    ip = InnerProductLayer(name="ip", output_dim=5, neuron=Neurons.Tanh(), bottoms=["scale1"], tops=["ip"])
    relu = NeuronLayer(name="relu", bottoms=["scale1"], neuron=Neurons.ReLU())
    plain = net(backend, [conv, *normalised("conv"), relu, ip, *normalised("ip", "2")], (2, 4, 6, 6))
    folded = fold(plain)
    assert error(*predictions(plain, folded)) <= LIMIT
    # The neuron stands between the inner product and its normalisation, of which one scale is left.
    assert names(folded) == ["conv", "relu", "ip", "ip/tanh", "bn2"]


def test_normalisation_before_a_convolution_becomes_one_scale(backend: Backend) -> None:
    conv = ConvolutionLayer(name="conv", n_filter=3, kernel=3, pad=1, bottoms=["scale1"], tops=["conv"])
    plain = net(backend, [*normalised("data"), conv, *normalised("conv", "2")], (2, 4, 6, 6))
    folded = fold(plain)
    assert names(folded) == ["bn1", "conv"]
    assert [type(layer).__name__ for layer in folded.given[1:]] == ["ScaleLayer", "ConvolutionLayer"]
    assert error(*predictions(plain, folded)) <= LIMIT


def test_in_single_precision_the_factors_are_those_of_double(backend: Backend) -> None:
    conv = ConvolutionLayer(name="conv", n_filter=3, kernel=3, bottoms=["data"], tops=["conv"])
    exact, single = (net(backend, [conv, *normalised("conv")], (2, 4, 6, 6), dtype=d) for d in ("float64", "float32"))
    for one, other in zip(exact.all_parameters, single.all_parameters, strict=True):
        one.load(other.blob.to_array())
    for one, other in zip(fold(exact).all_parameters, fold(single).all_parameters, strict=True):
        np.testing.assert_array_equal(one.blob.to_array().astype(np.float32), other.blob.to_array())


def test_folding_again_changes_nothing(backend: Backend) -> None:
    conv = ConvolutionLayer(name="conv", n_filter=3, kernel=3, bottoms=["data"], tops=["conv"])
    once = fold(net(backend, [conv, *normalised("conv")], (2, 4, 6, 6)))
    twice = fold(once)
    assert names(once) == names(twice)
    np.testing.assert_array_equal(*predictions(once, twice))
