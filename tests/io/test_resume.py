"""Training 2N steps equals training N, being stopped, resuming, and training N: bit for bit."""

from __future__ import annotations

import logging

import h5py
import numpy as np
import pytest

from mocha_core import ModelNotes, Preprocessing
from mocha_core.coffee import Coffee
from mocha_core.solvers import solve

from .training import bits, fake_net, make_solver, real_net, train


@pytest.mark.parametrize("make", [fake_net, real_net])
@pytest.mark.parametrize("stop", [3, 7, 9])
@pytest.mark.parametrize("at_end", [True, False])
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path, make, stop, at_end):
    whole, resumed = make(), make()
    straight = train(whole, None, 20)
    train(make(), tmp_path, stop, at_end=at_end)
    again = train(resumed, tmp_path, 20, load_from=tmp_path)
    assert bits(resumed) == bits(whole)
    assert again.coffee_lounge.statistics == straight.coffee_lounge.statistics
    assert again.state.obj_val == straight.state.obj_val
    assert again.state.fields == straight.state.fields


def test_resuming_again_and_again(tmp_path):
    whole = real_net()
    train(whole, None, 12)
    for stop in (3, 5, 6, 10):
        train(real_net(), tmp_path, stop, load_from=tmp_path)
    last = real_net()
    train(last, tmp_path, 12, load_from=tmp_path)
    assert bits(last) == bits(whole)


def test_without_the_momentum_it_would_be_another_training(tmp_path):
    """So that the test above can fail."""
    whole, resumed = real_net(), real_net()
    train(whole, None, 9)
    train(real_net(), tmp_path, 6)
    path = tmp_path / "snapshot-000006.h5"
    from mocha_core.io import snapshot_file

    contents = snapshot_file.read_snapshot(path)
    contents.history = {name: 0 * values for name, values in contents.history.items()}
    snapshot_file.write_snapshot(path, contents)
    train(resumed, tmp_path, 9, load_from=tmp_path)
    assert bits(resumed) != bits(whole)


def test_a_break_by_epoch_that_came_after_the_snapshot_is_taken_on_resuming():
    """The snapshot is written before the other breaks of its iteration; those are taken when it is loaded."""
    seen: list[int] = []

    class Note(Coffee):
        def enjoy(self, lounge, net, state) -> None:
            seen.append(state.iter)

    def run(folder, max_iter: int, **params) -> list[int]:
        seen.clear()
        solver = make_solver(folder, max_iter, **params)
        solver.add_coffee_break(Note(), every_n_epoch=1)
        solve(solver, fake_net())
        return list(seen)

    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        assert run(None, 8) == [3, 7]
        assert run(folder, 3) == [3]
        assert run(folder, 8, load_from=folder) == [3, 7]


def test_a_coffee_gets_its_own_state_back(tmp_path):
    class Counter(Coffee):
        def __init__(self) -> None:
            self.count = 0

        def enjoy(self, lounge, net, state) -> None:
            self.count += 1

        def state(self):
            return {"count": self.count}

        def restore(self, state) -> None:
            self.count = state["count"]

    def run(max_iter: int, **params) -> int:
        solver = make_solver(None, max_iter, **params)
        counter = Counter()
        solver.add_coffee_break(counter, every_n_iter=1)
        from mocha_core.coffee import Snapshot

        solver.add_coffee_break(Snapshot(tmp_path), every_n_iter=4)
        solve(solver, fake_net())
        return counter.count

    assert run(4) == 5
    assert run(6, load_from=tmp_path) == 5 + 1 + 2  # the break of iteration 4 is taken again on resuming


def test_a_snapshot_says_all_that_is_needed(tmp_path):
    net = fake_net()
    train(net, tmp_path, 3)
    with h5py.File(tmp_path / "snapshot-000003.h5") as file:
        assert set(file) == {"ip___weight", "norm___mean", "solver"}
        assert set(file["solver"]) == {"state", "history", "statistics"}
        text = file["solver/state"][()].decode()
    for what in ("SGD()", "fake/noise", '"position"', '"seed": 3', '"last_momentum"', '"h5py"', '"iter": 3'):
        assert what in text


def test_other_conditions_are_told(tmp_path, caplog):
    caplog.set_level(logging.INFO, "mocha")
    train(fake_net(), tmp_path, 3)
    from mocha_core.testing.backends import ReferenceBackend

    other = fake_net(backend=ReferenceBackend(seed=4))
    train(other, tmp_path, 3, load_from=tmp_path, regu_coef=0.5)
    assert any("its seed is 3, the backend's is 4" in message for message in caplog.messages)
    assert any("regu_coef was 0.01" in message for message in caplog.messages)


def test_a_snapshot_keeps_the_notes_of_the_model(tmp_path):
    first, again = real_net(), real_net()
    first.notes = ModelNotes(licence="free", preprocessing=Preprocessing(colour="gray", mean=np.ones((1, 2, 3))))
    train(first, tmp_path, 3)
    train(again, tmp_path, 5, load_from=tmp_path)
    assert again.notes == first.notes
    assert bits(again) != bits(first)
