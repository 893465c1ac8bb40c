"""What `fold` merges, what it leaves alone, and what it says."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import (
    Backend,
    BatchNormLayer,
    BiasLayer,
    ConvolutionLayer,
    InnerProductLayer,
    Layer,
    MemoryOutputLayer,
    ModelNotes,
    Net,
    OptionError,
    PowerLayer,
    ScaleLayer,
    TiedInnerProductLayer,
    fold,
)

from .nets import LIMIT, error, names, net, normalised, predictions

SHAPE = (2, 4, 6, 6)


def conv(name: str = "conv", bottom: str = "data", **options: object) -> Layer:
    return ConvolutionLayer(name=name, n_filter=4, kernel=3, pad=1, bottoms=[bottom], tops=[name], **options)


def stays(backend: Backend, layers: list[Layer], said: str, **options: object) -> Net:
    """The folded net, which has the first layers as they were, for a reason."""
    plain = net(backend, layers, SHAPE, **options)
    folded = fold(plain)
    assert said in "\n".join(folded.remarks)
    one, other = (each if isinstance(each, dict) else {"": each} for each in predictions(plain, folded))
    assert max(error(one[name], other[name]) for name in one) <= LIMIT
    return folded


def test_what_it_says(backend: Backend) -> None:
    folded = fold(net(backend, [conv(), *normalised("conv")], SHAPE))
    assert folded.remarks == ("folded: 2 layers fewer", "    conv takes up bn1, scale1")
    assert folded.explain().endswith("folded: 2 layers fewer\n    conv takes up bn1, scale1")
    assert folded.phase == "test"


def test_a_blob_that_is_kept_stays(backend: Backend) -> None:
    for kept in ("conv", ["conv"]):
        folded = stays(backend, [conv(), *normalised("conv")], "bn1 stays: blob 'conv' is kept", keep=kept)
        assert names(folded) == ["conv", "bn1"]
        assert folded.blob("conv").shape == SHAPE
    plain = net(backend, [conv(), *normalised("conv")], SHAPE)
    assert names(fold(plain, keep=["bn1"])) == ["conv", "scale1"]
    assert names(fold(plain, keep="all")) == names(plain)


def test_keep_of_the_given_net_may_be_loosened(backend: Backend) -> None:
    plain = net(backend, [conv(), *normalised("conv")], SHAPE, keep="all")
    assert names(fold(plain)) == names(plain)
    assert names(fold(plain, keep=())) == ["conv"]


def test_a_blob_that_others_read(backend: Backend) -> None:
    other = PowerLayer(name="other", power=2, bottoms=["conv"], tops=["other"])
    folded = stays(backend, [conv(), *normalised("conv"), other], "bn1 stays: blob 'conv' is read by bn1, other")
    assert names(folded) == ["conv", "bn1", "other"]


def test_a_blob_that_a_memory_output_collects(backend: Backend) -> None:
    collecting = MemoryOutputLayer(name="out", bottoms=["conv"])
    folded = fold(net(backend, [conv(), *normalised("conv"), collecting], SHAPE), keep=())
    assert names(folded) == ["conv", "bn1", "out"]


def test_shared_parameters(backend: Backend) -> None:
    both = [conv(param_key="w"), conv("conv2", param_key="w"), *normalised("conv"), *normalised("conv2", "2")]
    folded = stays(backend, both, "bn1 stays: conv shares its parameters")
    assert names(folded) == ["conv", "conv2", "bn1", "bn2"]


def test_borrowed_parameters(backend: Backend) -> None:
    ip = InnerProductLayer(name="ip", output_dim=5, bottoms=["data"], tops=["ip"])
    bias = BiasLayer(name="b", bottoms=["ip"], tops=["b"])
    tied = TiedInnerProductLayer(name="tied", tied_param_key="ip", bottoms=["b"], tops=["tied"])
    assert names(stays(backend, [ip, bias, tied], "b stays: ip shares its parameters")) == ["ip", "b", "tied"]


def test_shared_statistics_are_merged_twice(backend: Backend) -> None:
    """Their values are only read; each convolution takes them up."""
    norms = [BatchNormLayer(name=f"bn{k}", param_key="bn", bottoms=[f"c{k}"], tops=[f"n{k}"]) for k in "ab"]
    plain = net(backend, [conv("ca"), conv("cb"), *norms], SHAPE)
    folded = fold(plain)
    assert names(folded) == ["ca", "cb"]
    one, other = predictions(plain, folded)
    assert max(error(one[name], other[name]) for name in ("na", "nb")) <= LIMIT


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (BatchNormLayer(name="bn", bottoms=["conv"], tops=["y"], axis=2), "bn stays: its factors do not lie along"),
        (ScaleLayer(name="s", bottoms=["conv"], tops=["y"], num_axes=3), "s stays: its factors do not lie along"),
        (ScaleLayer(name="s", bottoms=["conv"], tops=["y"], axis=0), "s stays: its factors do not lie along"),
    ],
)
def test_factors_along_other_axes(backend: Backend, layer: Layer, said: str) -> None:
    assert names(stays(backend, [conv(), layer], said)) == ["conv", layer.name]


def test_statistics_of_the_batch_and_factors_that_are_computed(backend: Backend) -> None:
    batch = BatchNormLayer(name="bn", bottoms=["conv"], tops=["y"], statistics="batch")
    plain = net(backend, [conv(), batch], SHAPE)
    assert names(fold(plain)) == ["conv", "bn"]
    computed = ScaleLayer(name="s", bottoms=["conv", "data"], tops=["y"], axis=0)
    assert names(fold(net(backend, [conv(), computed], SHAPE))) == ["conv", "s"]


def test_two_bottoms_through_the_same_weights(backend: Backend) -> None:
    twin = ConvolutionLayer(name="twin", n_filter=4, kernel=1, bottoms=["data", "x"], tops=["a", "b"])
    layers = [PowerLayer(scale=2, bottoms=["data"], tops=["x"]), twin, *normalised("a")]
    folded = stays(backend, layers, "bn1 stays: twin (ConvolutionLayer) before it cannot take up factors")
    assert names(folded) == ["power", "twin", "bn1"]


def test_variances_that_are_none(backend: Backend) -> None:
    plain = net(backend, [conv(), *normalised("conv")], SHAPE)
    next(p for p in plain.all_parameters if p.path == "bn1___var").load(np.full(4, -1.0))
    assert "bn1 stays: its factors are no numbers of float64" in "\n".join(fold(plain).remarks)


def test_factors_too_large_for_single_precision(backend: Backend) -> None:
    plain = net(backend, [conv(), *normalised("conv")], SHAPE, dtype="float32")
    for parameter in plain.all_parameters:
        if parameter.path in ("scale1___scale", "conv___filter"):
            parameter.load(np.full(parameter.blob.shape, 1e30))
    folded = fold(plain)
    assert names(folded) == ["conv", "scale1"]
    assert "scale1 stays: its factors are no numbers of float32" in "\n".join(folded.remarks)


def test_a_folded_net_lives_for_itself(backend: Backend) -> None:
    plain = net(backend, [conv(), *normalised("conv"), PowerLayer(power=2, bottoms=["scale1"], tops=["y"])], SHAPE)
    plain.notes = ModelNotes(licence="free")
    before, folded = predictions(plain)[0], fold(plain)
    assert folded.notes == plain.notes
    for parameter in plain.all_parameters:
        parameter.load(np.ones(parameter.blob.shape))
    assert error(before, predictions(folded)[0]) <= LIMIT
    assert names(plain) == ["conv", "bn1", "scale1", "power"]


def test_only_nets_of_the_test_phase(backend: Backend) -> None:
    with pytest.raises(OptionError, match="fold is for nets of the test phase, and net 'net' is not; build it with"):
        fold(net(backend, [conv()], SHAPE, phase="train"))
