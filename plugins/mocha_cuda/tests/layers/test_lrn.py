"""Local response normalisation: every kernel size, channels fewer than neighbours, both layouts and directions."""

from __future__ import annotations

import itertools

import pytest

from mocha_core import LRNLayer, LRNMode
from mocha_core.channels_last import ChannelsLast, to_last
from mocha_core.testing import Case
from mocha_cuda.kernels.lrn import LRN

from .trying import WideDevice, bottoms, check, needs_compiler, simulated

pytestmark = needs_compiler

SHAPES = ((2, 1, 5, 3), (1, 4, 6, 7), (3, 17, 5, 5))


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("mode", [LRNMode.AcrossChannel(), LRNMode.WithinChannel()])
def test_every_size(mode: LRNMode, last: bool):
    sizes = (1, 3, 5, 9) if mode == LRNMode.WithinChannel() else (1, 2, 4, 5, 9)
    for device, (kernel, shape) in itertools.product((None, WideDevice()), zip(sizes, itertools.cycle(SHAPES))):
        layer = LRNLayer(kernel=kernel, scale=0.5, shift=2.0, power=0.6, mode=mode, bottoms=["x"], tops=["y"])
        wrapped = ChannelsLast.of(layer) if last else layer
        check(Case(wrapped, bottoms(to_last(shape) if last else shape)), LRN, simulated(device))


def test_many_blocks_and_the_usual_numbers():
    layer = LRNLayer(kernel=5, scale=1e-4, power=0.75, bottoms=["x"], tops=["y"])
    check(Case(layer, bottoms((2, 9, 13, 11))), LRN)


def test_other_axes_go_to_the_generic_kernel():
    layer = LRNLayer(channel_axis=3, bottoms=["x"], tops=["y"])
    with pytest.raises(AssertionError, match="along axis 3"):
        check(Case(layer, bottoms((2, 3, 4, 5))), LRN)
