"""Trials: as large as tells the speed, no larger; and the texts by which they are remembered."""

from __future__ import annotations

import pytest

from mocha_core import ConvolutionLayer, GaussianInitializer, InnerProductLayer, NeuronLayer, Neurons
from mocha_core.blob import BlobSpec
from mocha_core.channels_last import ChannelsLast
from mocha_core.kernel import Accept, Kernel, LayerState, Site
from mocha_core.passes import Fused
from mocha_cython import CythonBackend
from mocha_cython.tuning.description import describe
from mocha_cython.tuning.trial import SECONDS, SPEED, Trial, cut, only, work

from .toy import site as toy_site

WIDE = (2, 96, 5)
"""Images per thread, channels, side of the kernel: more than enough work for one run."""


@pytest.fixture
def backend() -> CythonBackend:
    return CythonBackend(threads=2, isa="baseline", autotune=False)


def convolution_site(num: int, side: int, *, wants: bool = True, **options: object) -> Site:
    layer = ConvolutionLayer(name="c", n_filter=32, kernel=(5, 5), bottoms=["x"], tops=["y"], **options)
    relu = NeuronLayer(name="r", neuron=Neurons.ReLU(), bottoms=["y"])
    fused = ChannelsLast.of(Fused.of(layer, relu))
    bottoms = (BlobSpec((num, side, side, 32)),)
    return Site(fused, fused.plan(bottoms), bottoms, "train", "float32", (wants,), trains=True)


def test_the_work_of_a_convolution() -> None:
    numbers = 2 * 8 * 8 * 32 + 2 * 4 * 4 * 32
    assert work(convolution_site(2, 8)) == 2 * (2 * 32 * 32 * 25 * 4 * 4) + 8 * numbers


def test_a_large_batch_is_cut(backend: CythonBackend) -> None:
    site = convolution_site(640, 32)
    trial = cut(site, backend, 1)
    assert trial.bottoms[0].shape == (4, 32, 32, 32)
    assert trial.plan.tops[0].shape == (4, 28, 28, 32)


def test_what_is_left_is_work_enough_for_even_shares(backend: CythonBackend) -> None:
    trial = cut(convolution_site(6401, 8), backend, 1)
    assert work(trial) >= SPEED[0] * 2 * SECONDS
    assert trial.bottoms[0].shape[0] % 2 == 0
    assert trial.bottoms[0].shape[0] < 200


def test_a_kernel_may_want_more_samples(backend: CythonBackend) -> None:
    assert cut(convolution_site(640, 32), backend, 128).bottoms[0].shape[0] == 128
    assert cut(convolution_site(64, 32), backend, 128).bottoms[0].shape[0] == 64


def test_parts_of_the_work() -> None:
    site = convolution_site(2, 8)
    forward, bottoms, params = only(site, "forward"), only(site, "bottoms"), only(site, "params")
    assert forward is not None
    assert (forward.wants, forward.trains) == ((False,), False)
    assert bottoms is not None
    assert (bottoms.wants, bottoms.trains) == ((True,), False)
    assert params is not None
    assert (params.wants, params.trains) == ((False,), True)
    assert only(site, "whole") is site


def test_parts_that_nobody_asks_for() -> None:
    assert only(convolution_site(2, 8, wants=False), "bottoms") is None
    assert only(toy_site(backward=False), "bottoms") is None
    assert only(toy_site(), "params") is None


class Look(Kernel):
    """Keeps its state."""

    seen: LayerState

    def __init__(self, backend: object, state: LayerState) -> None:
        type(self).seen = state

    def forward(self) -> None:
        pass


def test_memory_for_a_trial(backend: CythonBackend) -> None:
    trial = Trial(backend, convolution_site(2, 8), "whole")
    trial.run(Look, Accept(), {})
    state = Look.seen
    assert state.params["filter"].shape == state.param_diffs["filter"].shape == (32, 32, 5, 5)
    assert state.bottom_diffs[0] is not None
    assert state.top_diffs[0].shape == (2, 4, 4, 32)
    values = state.bottoms[0].array
    assert values.min() < -0.9 < 0.9 < values.max()


def test_no_memory_for_what_nobody_wants(backend: CythonBackend) -> None:
    Trial(backend, toy_site(backward=False), "forward").run(Look, Accept(), {})
    assert Look.seen.bottom_diffs == (None,)
    assert Look.seen.top_diffs == ()
    assert Look.seen.param_diffs == {}


def test_the_text_of_a_site() -> None:
    assert describe(convolution_site(64, 8, pad=(2, 2))) == (
        "ChannelsLast(member=Fused(members=(Convolution(n_filter=32, kernel=(5, 5), pad=(2, 2)), "
        "Neuron(neuron=Neurons.ReLU())))) on 64 x 8 x 8 x 32 float32 gradients of x0 params"
    )


def test_first_values_and_names_do_not_matter() -> None:
    other = {"filter_init": GaussianInitializer(std=0.1), "param_key": "k"}
    assert describe(convolution_site(64, 8, **other)) == describe(convolution_site(64, 8))


def test_shapes_and_options_matter() -> None:
    texts = {describe(convolution_site(64, 8)), describe(convolution_site(64, 9)), describe(toy_site())}
    assert len(texts | {describe(convolution_site(64, 8, bias=False))}) == 4


def test_layers_without_bottom_gradients() -> None:
    layer = InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["y"])
    bottoms = (BlobSpec((4, 5)),)
    site = Site(layer, layer.plan(bottoms), bottoms, "test", "float32", (False,))
    assert describe(site) == "InnerProduct(output_dim=3) on 4 x 5 float32"
