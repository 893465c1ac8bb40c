"""The objective is read from the device when somebody looks, and is looked at before anybody is misled by it."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import Coffee, NumericalError, Snapshot, TrainingSummary, finalize_solve, init_solve, onestep_solve
from mocha_core.io.load_from import snapshots_in

from .ahead import AheadBackend
from .training import Training, samples

LOSSES = 1
"""Numbers read for one objective."""


def test_nobody_reads_it_between_breaks() -> None:
    with Training(AheadBackend, updates=90) as training:
        training.solver.add_coffee_break(TrainingSummary(), every_n_iter=40)
        counters = [tally.counter for tally in training.net._tallies.tallies]
        state = init_solve(training.solver, training.net)
        looked = []
        for _ in range(90):
            before = training.backend.looks
            onestep_solve(training.solver, training.net, state)
            looked.append(training.backend.looks - before - len(counters))
        finalize_solve(training.solver, training.net, state)
    assert [update for update, looks in enumerate(looked, 1) if looks] == [40, 80, 90]


def test_it_is_read_once() -> None:
    with Training(AheadBackend) as training:
        state = init_solve(training.solver, training.net)
        onestep_solve(training.solver, training.net, state)
        before = training.backend.looks
        assert state.obj_val == state.obj_val == training.net.objective()
        assert training.backend.looks == before + 2 * LOSSES


def bad_samples() -> list[np.ndarray]:
    data = samples()
    data[0][:] = np.nan
    return data


class Spoil(Coffee):
    """Makes a parameter NaN at some iteration, as a division by zero in a kernel would."""

    def __init__(self, when: int) -> None:
        self.when = when

    def enjoy(self, lounge: object, net: object, state: object) -> None:
        if state.iter == self.when:
            parameter = net.all_parameters[0]
            parameter.load(np.full(parameter.blob.shape, np.nan))


def test_nan_is_found_before_a_break_sees_it(tmp_path) -> None:
    with Training(AheadBackend, updates=60) as training:
        training.solver.add_coffee_break(Spoil(20), every_n_iter=20)
        training.solver.add_coffee_break(Snapshot(tmp_path), every_n_iter=15)
        with pytest.raises(NumericalError, match=r"after 30 updates.*parameter 'ip1.weight'.*snapshot-000015"):
            training.solve()
    assert list(snapshots_in(tmp_path)) == [0, 15]


def test_nan_is_found_within_a_hundred_updates_and_at_the_end() -> None:
    for updates, found in ((250, 100), (30, 30)):
        with Training(AheadBackend, updates=updates) as training:
            training.solver.add_coffee_break(Spoil(0), every_n_iter=1000)
            with pytest.raises(NumericalError, match=f"after {found} updates"):
                training.solve()


def test_bad_data_are_named_at_the_start() -> None:
    with (
        Training(AheadBackend, data=bad_samples()) as training,
        pytest.raises(NumericalError, match="data layer 'data' delivers blob 'data' with 24 NaN"),
    ):
        training.solve()
