"""Rooflines: the least work of a layer by hand, the floor that follows, and the rows of a net."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import SGD, BlobSpec, FlattenLayer, InnerProductLayer, Layer, LRPolicy, Net, PoolingLayer, Solver
from mocha_core.kernel import Site
from mocha_core.net.machine import Machine, measure_machine, measured_bandwidths, measured_peak
from mocha_core.net.roofline import Work, backward_work, forward_work, measure_rows, measure_update
from mocha_core.testing import ReferenceBackend

from .nets import classifier, data

MACHINE = Machine(100e9, ((2**20, 50e9), (2**26, 10e9)))
NUM, FEATURES, OUT = 8, 5, 3


def site(layer: Layer, *shapes: tuple[int, ...], **options: Any) -> Site:
    bottoms = tuple(BlobSpec(shape) for shape in shapes)
    return Site(layer, layer.plan(bottoms), bottoms, "train", "float32", **options)


def inner_product(**options: Any) -> Site:
    layer = InnerProductLayer(name="ip", output_dim=OUT, bottoms=["x"], tops=["y"])
    return site(layer, (NUM, FEATURES), **options)


def test_work_of_an_inner_product() -> None:
    x, y, params = NUM * FEATURES, NUM * OUT, FEATURES * OUT + OUT
    flops = 2 * NUM * FEATURES * OUT
    assert forward_work(inner_product()) == Work(flops, 4 * (x + y + params))
    both = inner_product(wants=(True,), trains=True)
    assert backward_work(both) == Work(2 * flops, 4 * (x + y + x + 2 * params))
    assert backward_work(inner_product(wants=(False,), trains=True)) == Work(flops, 4 * (x + y + params))
    assert backward_work(inner_product(wants=(True,), trains=False)) == Work(flops, 4 * (x + y + x + params))


def test_work_in_backward_follows_what_is_read_again() -> None:
    pool = PoolingLayer(name="pool", kernel=2, stride=2, bottoms=["x"], tops=["y"])
    here = site(pool, (2, 3, 4, 4), wants=(True,))
    x, y = 2 * 3 * 16, 2 * 3 * 4
    assert backward_work(here) == Work(0, 4 * (x + y + x))
    assert backward_work(here, frozenset()) == Work(0, 4 * (y + x))
    assert backward_work(here, frozenset({"xs", "ys"})) == Work(0, 4 * (x + y + y + x))


def test_views_cost_nothing() -> None:
    here = site(FlattenLayer(name="flat", bottoms=["x"], tops=["y"]), (2, 3, 4), wants=(True,))
    assert forward_work(here) == backward_work(here) == Work(0, 0)


def test_float64_moves_twice_the_bytes() -> None:
    layer = inner_product().layer
    bottoms = (BlobSpec((NUM, FEATURES), "float64"),)
    wide = Site(layer, layer.plan(bottoms), bottoms, "train", "float64")
    assert forward_work(wide).nbytes == 2 * forward_work(inner_product()).nbytes


@pytest.mark.parametrize(
    ("work", "seconds"),
    [
        (Work(10**9, 1000), 0.01),
        (Work(1000, 5 * 10**5), 1e-5),
        (Work(1000, 10**7), 1e-3),
        (Work(1000, 10**9), 0.1),
    ],
)
def test_floor(work: Work, seconds: float) -> None:
    """Arithmetic; bytes that fit in caches; bytes that do not; more than was measured."""
    assert work.floor(MACHINE) == pytest.approx(seconds)


def test_rows_of_a_net() -> None:
    with ReferenceBackend() as backend, Net("n", backend, [data(), *classifier()]) as net:
        rows = measure_rows(net, MACHINE, 2)
    names = [(row.name, row.direction) for row in rows]
    assert names[:3] == [("ip1", "forward"), ("ip1", "backward"), ("ip1/tanh", "forward")]
    assert names[-2:] == [("whole pass", "forward"), ("whole pass", "backward")]
    assert all(row.seconds > 0 for row in rows)
    for whole in rows[-2:]:
        mine = [row for row in rows[:-2] if row.direction == whole.direction]
        assert whole.floor == sum(row.floor for row in mine) > 0
        assert whole.work.flops == sum(row.work.flops for row in mine) > 0
    assert rows[0].share == rows[0].floor / rows[0].seconds


def test_no_backward_of_what_does_not_run() -> None:
    with ReferenceBackend() as backend, Net("n", backend, [data(), *classifier()]) as net:
        net.freeze("ip1")
        rows = measure_rows(net, MACHINE, 1)
    assert "backward" not in {row.direction for row in rows if row.name in ("ip1", "ip1/tanh")}
    assert "backward" in {row.direction for row in rows if row.name == "ip2"}


def test_update_leaves_the_parameters_alone() -> None:
    with ReferenceBackend() as backend, Net("n", backend, [data(), *classifier()]) as net:
        net.forward_backward()
        before = [p.blob.to_array() for p in net.all_parameters]
        solver = Solver(SGD(), {"max_iter": 1, "lr_policy": LRPolicy.Fixed(10.0)})
        row = measure_update(solver, net, MACHINE, 2)
        for parameter, values in zip(net.all_parameters, before, strict=True):
            np.testing.assert_array_equal(parameter.blob.to_array(), values)
    assert (row.name, row.direction) == ("SGD", "update")
    assert row.work == Work(0, 5 * sum(values.nbytes for values in before))
    assert row.seconds > 0


def test_machine_is_measured_where_nothing_is_given() -> None:
    with ReferenceBackend() as backend:
        given = measure_machine(backend, 1e9, 2e9)
        rates = measured_bandwidths(backend, (2**12, 2**16))
        peak = measured_peak(backend, side=32, repeats=1)
    assert (given.peak, given.bandwidth(1), given.bandwidth(10**12)) == (1e9, 2e9, 2e9)
    assert [moved for moved, _ in rates] == [2**12, 2**16]
    assert rates[0][1] >= rates[1][1] > 0
    assert peak > 0
    assert "peak 1 GFLOP/s; copies move 2 at 1 MiB (GB/s)" in given.describe()
