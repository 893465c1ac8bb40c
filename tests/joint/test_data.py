"""What happens to a training with joined steps when its data fail, and what its statistics say."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import DataError, init_solve, onestep_solve
from mocha_core.testing.backends import ReferenceBackend

from .ahead import AheadBackend
from .training import CLASSES, Training, both, samples


def fails() -> None:
    raise DataError("the disk is gone")


def test_a_batch_that_cannot_be_read_leaves_everything_as_it_was() -> None:
    with Training(AheadBackend) as training:
        state = init_solve(training.solver, training.net)
        for _ in range(3):
            onestep_solve(training.solver, training.net, state)
        before = (state.iter, training.values(), training.net.random_state(), training.net.data_state())
        (feeder,) = training.net._feeders
        feeder.feed.fetch, kept = fails, feeder.feed.fetch
        with pytest.raises(DataError, match="the disk is gone"):
            onestep_solve(training.solver, training.net, state)
        assert (state.iter, training.values(), training.net.random_state(), training.net.data_state()) == before
        feeder.feed.fetch = kept
        training.solver.solve(training.net)
        found = training.values()
    with Training(ReferenceBackend) as training:
        assert training.solve() == found


@both
def test_a_wrong_label_is_named_and_no_update_is_lost(backend: type[ReferenceBackend]) -> None:
    data = samples()
    data[1][-1] = CLASSES
    with Training(backend, data=data) as training, pytest.raises(DataError, match="'data' delivers a wrong label"):
        training.trajectory(10)


@both
def test_predictions_and_statistics_between_updates_change_nothing(backend: type[ReferenceBackend]) -> None:
    def look(update: int, net: object) -> None:
        net.predict(samples()[0][:5])
        if update % 4 == 0:
            net.reset_statistics()

    with Training(backend, updates=12) as training:
        found = training.trajectory(12, look)
    with Training(backend, updates=12) as training:
        plain = training.trajectory(12)
    assert [step[:4] for step in found] == [step[:4] for step in plain]
    reported = [step[4]["right-accuracy"] for step in found[-4:]]
    means = [step[4][next(key for key in step[4] if key.startswith("loss-"))] for step in found[-4:]]
    assert np.isclose(means[-1], np.mean([step[0] for step in found[-4:]]), rtol=1e-6)
    assert all(0 <= accuracy <= 1 for accuracy in reported)
