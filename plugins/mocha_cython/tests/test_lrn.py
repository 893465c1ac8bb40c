"""Compiled normalisation is the layer's own mathematics at every level, for any number of threads and channels."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from mocha_core import LRNLayer, LRNMode
from mocha_core.channels_last import ChannelsLast
from mocha_core.testing import Bottom, Case, ReferenceBackend, grid, tolerance
from mocha_core.testing.rig import Rig
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython.kernels.lrn import LRN
from mocha_cython.machine import LEVELS

CHANNELS = (1, 3, 5, 16, 17, 20, 33)
SIZES = ((1, 2), (7, 7), (13, 2), (2, 13), (1, 1), (7, 13))
ACROSS, WITHIN = LRNMode.AcrossChannel(), LRNMode.WithinChannel()
MODES = [(ACROSS, kernel) for kernel in (1, 2, 3, 4, 5, 40)] + [(WITHIN, kernel) for kernel in (1, 3, 5, 9)]
POWERS = (0.75, 0.5, 1.0, 0.6, 2.0, 0.75, 0.0, -1.5)
levels = pytest.mark.parametrize("isa", LEVELS[: best() + 1])
Values = dict[str, np.ndarray[Any, Any]]


def case(shape: tuple[int, ...], **options: Any) -> Case:
    return Case(ChannelsLast.of(LRNLayer(name="lrn", bottoms=["x"], tops=["y"], **options)), (Bottom(shape),))


def cases() -> list[Case]:
    """Every mode and kernel with every number of channels; sizes, batches, powers and shifts vary among them."""
    rest = itertools.cycle(zip(itertools.cycle(SIZES), itertools.cycle(POWERS), (1, 2, 5) * 16, strict=False))
    return [
        case((num, *size, channels), mode=mode, kernel=kernel, power=power, scale=3.0, shift=0.5)
        for ((mode, kernel), channels), (size, power, num) in zip(
            itertools.product(MODES, CHANNELS), rest, strict=False
        )
    ]


def run(each: Case, isa: str, threads: int) -> Values:
    rig = Rig(each, CythonBackend(isa=isa, threads=threads), "float32")
    assert rig.choice.kernel is LRN, rig.choice
    return rig.run(forget=True)


def check(each: Case, isa: str, threads: int) -> None:
    want = Rig(each, ReferenceBackend(), "float64").run()
    got = run(each, isa, threads)
    for name, values in want.items():
        limit = tolerance("float32", 20, float(np.abs(values).max(initial=1)))
        np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} of {each}")


@levels
def test_every_mode_kernel_and_channel(isa: str) -> None:
    for index, each in enumerate(cases()):
        check(each, isa, 1 + index % 3)


@levels
def test_large_batches_are_split(isa: str) -> None:
    """Above the size at which threads start: by pixels, by images, one image by rows."""
    for shape, (mode, kernel) in itertools.product(((3, 40, 13, 33), (1, 31, 20, 33)), ((ACROSS, 5), (WITHIN, 3))):
        check(case(shape, mode=mode, kernel=kernel), isa, 3)


@levels
@pytest.mark.parametrize("power", [0.75, 0.5, 1.0, 0.6, 0.1, 2.0, 3.3, -0.4])
def test_the_power_is_exact_to_four_units_in_the_last_place(isa: str, power: float) -> None:
    """y = x (shift + x^2)^-p with kernel 1, for divisors from 1e-6 to 1e10; D itself is wrong by up to one unit."""
    x = np.geomspace(1e-3, 1e5, 1001, dtype="float32").reshape(1, 7, 11, 13)
    rig = Rig(case(x.shape, kernel=1, power=power, shift=1e-6), CythonBackend(isa=isa, threads=1), "float32")
    rig.state.bottoms[0].set(x)
    rig.kernel.forward()
    y, exact = rig.state.tops[0].to_array(), x.astype("float64")
    want = exact * (np.float64(np.float32(1e-6)) + exact**2) ** -np.float64(np.float32(power))
    units = np.abs(y - want) / np.spacing(np.abs(want).astype("float32"))
    assert units.max() < 4 + 2 * abs(power), units.max()


@levels
@pytest.mark.parametrize("power", [0.75, 0.5, 1.0, 0.6])
@pytest.mark.parametrize("mode", [ACROSS, WITHIN])
def test_nan_stays_among_its_neighbours_and_overflow_gives_zero(isa: str, power: float, mode: Any) -> None:
    shape = (2, 7, 7, 20)
    x = grid(shape).astype("float32")
    x[0, 3, 3, 5], x[1, 3, 3, 18] = np.nan, 1e30
    each = case(shape, mode=mode, kernel=3, power=power)
    rig = Rig(each, CythonBackend(isa=isa, threads=1), "float32")
    rig.state.bottoms[0].set(x)
    rig.kernel.forward()
    y = rig.state.tops[0].to_array()
    near = np.zeros(shape, bool)
    near[0, 3, 3, 4:7] = mode == ACROSS
    near[0, 2:5, 2:5, 5] |= mode == WITHIN
    assert np.array_equal(np.isnan(y), near)
    assert y[1, 3, 3, 18] == 0


def test_threads_change_no_bit() -> None:
    for each in [*cases()[::5], case((3, 40, 13, 33)), case((3, 40, 13, 33), mode=WITHIN, kernel=3)]:
        found = [run(each, LEVELS[best()], threads) for threads in (1, 2, 3, 2)]
        for one, other in itertools.pairwise(found):
            assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_what_it_cannot_do_it_declines() -> None:
    backend = CythonBackend()
    for options in ({"channel_axis": 2}, {"shift": 0.0}, {"scale": -1.0}):
        assert Rig(case((2, 3, 4, 5), **options), backend, "float32").choice.kernel is not LRN
    assert Rig(case((2, 3, 4, 5)), backend, "float64").choice.kernel is not LRN
