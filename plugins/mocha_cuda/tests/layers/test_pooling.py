"""Pooling is the layer's own mathematics, in both layouts, for every window, with ties, NaN and infinities."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import ChannelPoolingLayer, NeuronLayer, Neurons, Pooling, PoolingLayer
from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.layer import Layer
from mocha_core.passes import Fused
from mocha_core.testing import Bottom, Case, ReferenceBackend, Rig, grid
from mocha_cuda import CudaBackend
from mocha_cuda.kernels.pooling import Pooling as Kernel

from .trying import WideDevice, bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler

WINDOWS: list[dict[str, Any]] = [
    {"kernel": 2, "stride": 2},
    {"kernel": 3, "stride": 2},
    {"kernel": 3, "stride": 1, "pad": 1},
    {"kernel": (3, 2), "stride": (2, 1), "pad": (2, 1), "divisor": "window"},
    {"kernel": (1, 2), "stride": (2, 3), "round_mode": "floor"},
    {"kernel": (5, 4), "stride": (1, 2), "pad": (3, 0)},
]
SHAPES = ((2, 3, 7, 6), (1, 1, 5, 9), (3, 17, 8, 5))
RELU = NeuronLayer(name="relu", neuron=Neurons.ReLU(0.25), bottoms=["y"])
KINDS = (Pooling.Max(), Pooling.Mean())
BACKENDS = {"narrow": lambda: simulated(), "wide": lambda: simulated(WideDevice())}


def case(shape: tuple[int, ...], last: bool, after: Layer | None = None, **options: Any) -> Case:
    pool = PoolingLayer(name="pool", bottoms=["x"], tops=["y"], **options)
    member = pool if after is None else Fused.of(pool, after)
    layer = ChannelsLast.of(member) if last else member
    return Case(layer, (Bottom(to_last(shape) if last else shape),))


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> CudaBackend:
    """With indices of 32 bits and of 64."""
    return BACKENDS[request.param]()


@pytest.mark.parametrize("last", [False, True])
def test_every_window_and_shape(backend: CudaBackend, last: bool):
    rest = itertools.cycle(itertools.product(KINDS, (None, RELU)))
    for options, shape in itertools.product(WINDOWS, SHAPES):
        for _ in range(2):
            kind, after = next(rest)
            check(case(shape, last, after, pooling=kind, **options), Kernel, backend)


@pytest.mark.parametrize("after", [None, RELU])
def test_windows_of_more_cells_than_a_byte_counts(after: Layer | None):
    check(case((2, 3, 20, 18), False, after, kernel=(17, 16), stride=1), Kernel)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("after", [None, RELU])
def test_ties_nan_and_infinity(last: bool, after: Layer | None):
    """The first of equal cells gets the gradient; NaN is larger than all; padding never wins, even against -inf."""
    shape = (3, 4, 7, 8)
    x = np.round(2 * grid(shape, 1)).astype("float32")
    x[0, :, 2, 3], x[0, 1, 4:6, 4], x[1, :, :3, :3], x[2, :, 6, 5] = np.nan, np.nan, -np.inf, np.inf
    x = np.ascontiguousarray(np.moveaxis(x, 1, -1)) if last else x
    for options in WINDOWS:
        each = case(shape, last, after, **options)
        dy = np.ceil(grid(each.plan("float64").tops[0].shape, 2) * 8)  # sums of these are exact
        want, got = (outcome(each, backend, [x], dy) for backend in (ReferenceBackend(), simulated()))
        for name, values in want.items():
            np.testing.assert_array_equal(got[name], values.astype("float32"), err_msg=f"{name} of {each}")


@pytest.mark.parametrize("pooling", KINDS)
def test_along_channels_and_other_axes(backend: CudaBackend, pooling: Any):
    for axis, pad in ((1, (2, 1)), (2, (0, 0)), (-1, (0, 2))):
        layer = ChannelPoolingLayer(
            kernel=3, stride=2, pad=pad, axis=axis, pooling=pooling, bottoms=["x", "z"], tops=["y", "w"]
        )
        check(Case(layer, bottoms((2, 7, 6, 5), (3, 5, 5, 9))), Kernel, backend)


def test_only_what_backward_reads_is_kept():
    """Nothing where no gradient is wanted, a byte for each output otherwise, four where a byte is too small."""
    each = case((2, 4, 6, 6), False, kernel=2, stride=2)
    kept = [Rig(each, simulated(), "float32", wants=[want]).choice.accept.scratch[2].spec for want in (False, True)]
    assert [spec.nbytes for spec in kept] == [0, 256]
    wide = case((2, 4, 20, 20), False, kernel=16, stride=4)
    assert Rig(wide, simulated(), "float32").choice.accept.scratch[2].spec.nbytes >= 4 * 2 * 4 * 2 * 2
