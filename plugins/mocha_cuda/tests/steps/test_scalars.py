"""Numbers for the device: sent together, in time, and never overwritten on their way."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from mocha_cuda.scalars import PANEL, RING, Scalars
from mocha_cuda.simulation import SimulatedDevice


class Counting(SimulatedDevice):
    """Knows how often it was sent something that may be late."""

    uploads = 0

    def upload_later(self, target: object, pinned: object) -> None:
        self.uploads += 1
        super().upload_later(target, pinned)


@pytest.fixture(params=[False, True], ids=["at once", "late"])
def device(request: pytest.FixtureRequest) -> Counting:
    return Counting(late=request.param)


def test_groups_of_several_types_are_sent_at_once(device: Counting) -> None:
    scalars = Scalars(device)
    rate, call, sums = scalars.take(3, "float32"), scalars.take(1, "int64"), scalars.take(2, "float64")
    rate.set(0.5, -1.25, 3.0)
    call.set(2**40 + 1)
    sums.fill(np.array([1 / 3, 1e-300]))
    scalars.send()
    assert device.uploads == 1
    assert device.download(rate.array).tolist() == [0.5, -1.25, 3.0]
    assert device.download(call.array).tolist() == [2**40 + 1]
    assert device.download(sums.array).tolist() == [1 / 3, 1e-300]


def test_nothing_is_sent_if_nothing_was_set(device: Counting) -> None:
    scalars = Scalars(device)
    number = scalars.take(1, "int64")
    scalars.send()
    number.set(1)
    scalars.send()
    scalars.send()
    assert device.uploads == 1


def test_each_run_reads_its_own_numbers(device: Counting) -> None:
    """Many runs are asked for before the first is done; more than there are images on their way."""
    scalars = Scalars(device)
    number = scalars.take(1, "int64")
    seen = [device.empty((1,), "int64") for _ in range(3 * RING)]
    for run, copy in enumerate(seen):
        number.set(run)
        scalars.send()
        device.copy(copy, number.array)
    assert [int(device.download(copy)[0]) for copy in seen] == list(range(3 * RING))


def test_what_nobody_uses_is_taken_again(device: Counting) -> None:
    scalars = Scalars(device)
    kept = scalars.take(1, "int64")
    for _ in range(20):
        big = scalars.take(PANEL // 2, "int64")
        del big
        gc.collect()
    whole = scalars.take(PANEL - 1, "int64")
    assert len(scalars._panels) == 1
    more = scalars.take(2 * PANEL, "float32")
    assert len(scalars._panels) == 2
    for group, value in ((kept, 1), (whole, 2), (more, 3)):
        group.fill(np.full(group.array.shape, value))
    scalars.send()
    assert [set(device.download(g.array).tolist()) for g in (kept, whole, more)] == [{1}, {2}, {3}]
