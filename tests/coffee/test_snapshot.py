"""The Snapshot break: names, how many are kept, and what it does not touch."""

from __future__ import annotations

import pytest

from mocha_core.coffee import Coffee, Snapshot
from mocha_core.errors import NumericalError, OptionError
from mocha_core.solvers import SGD, LRPolicy, Solver, finalize_solve, init_solve, onestep_solve, solve
from tests.solvers.fake_net import FakeNet

from .giving import Die, DieAt


def train(
    folder, max_iter: int, keep: int | None = None, net: FakeNet | None = None, at_end: bool = True, **params
) -> None:
    solver = Solver(SGD(), {"max_iter": max_iter, **params})
    solver.add_coffee_break(Snapshot(folder, keep=keep, at_end=at_end), every_n_iter=2)
    solve(solver, net or FakeNet())


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_names_from_iteration_zero_on(tmp_path):
    train(tmp_path / "a" / "b", 5, at_end=False)
    assert names(tmp_path / "a" / "b") == ["snapshot-000000.h5", "snapshot-000002.h5", "snapshot-000004.h5"]


def test_the_last_two_are_kept(tmp_path):
    train(tmp_path, 8, keep=2)
    assert names(tmp_path) == ["snapshot-000006.h5", "snapshot-000008.h5"]


def test_the_last_update_is_saved_whatever_its_number(tmp_path):
    train(tmp_path, 5, keep=2)
    assert names(tmp_path) == ["snapshot-000004.h5", "snapshot-000005.h5"]


def test_the_end_is_saved_once(tmp_path, caplog):
    caplog.set_level("INFO", "mocha")
    train(tmp_path, 2)
    assert [m for m in caplog.messages if m.startswith("Saving")] == [
        f"Saving snapshot to {tmp_path / name}" for name in names(tmp_path)
    ]


def test_an_error_is_no_end(tmp_path):
    solver = Solver(SGD(), {"max_iter": 5})
    solver.add_coffee_break(Snapshot(tmp_path), every_n_iter=2)
    solver.add_coffee_break(DieAt(3), every_n_iter=1)
    with pytest.raises(Die):
        solve(solver, FakeNet())
    assert names(tmp_path) == ["snapshot-000000.h5", "snapshot-000002.h5"]


def test_a_loop_of_ones_own_saves_its_end_too(tmp_path):
    solver, net = Solver(SGD(), {"max_iter": 100}), FakeNet()
    solver.add_coffee_break(Snapshot(tmp_path), every_n_iter=100)
    state = init_solve(solver, net)
    for _ in range(3):
        onestep_solve(solver, net, state)
    finalize_solve(solver, net, state)
    assert names(tmp_path) == ["snapshot-000000.h5", "snapshot-000003.h5"]


def test_other_files_are_left_alone(tmp_path):
    for name in ("snapshot-000001.h5.bak", "snapshot-1.h5"):
        (tmp_path / name).touch()
    train(tmp_path, 4, keep=1)
    assert names(tmp_path) == ["snapshot-000001.h5.bak", "snapshot-000004.h5", "snapshot-1.h5"]


def test_what_another_training_writes_there_meanwhile_is_overwritten_with_a_warning(tmp_path, caplog):
    class Rival(Coffee):
        def enjoy(self, lounge, net, state):
            (tmp_path / "snapshot-000002.h5").touch()
            (tmp_path / "snapshot-000100.h5").touch()

    solver = Solver(SGD(), {"max_iter": 2})
    solver.add_coffee_break(Rival(), every_n_iter=100)
    solver.add_coffee_break(Snapshot(tmp_path, keep=1), every_n_iter=2)
    solve(solver, FakeNet())
    (message,) = (m for m in caplog.messages if m.startswith("Overwriting"))
    assert "snapshot-000002.h5" in message
    assert names(tmp_path) == ["snapshot-000002.h5", "snapshot-000100.h5"]


def test_a_resumed_training_does_not_write_what_it_just_read(tmp_path, caplog):
    train(tmp_path, 2)
    written = (tmp_path / "snapshot-000002.h5").stat().st_mtime_ns
    train(tmp_path, 2, load_from=tmp_path)
    assert (tmp_path / "snapshot-000002.h5").stat().st_mtime_ns == written
    assert not [m for m in caplog.messages if m.startswith("Overwriting")]


def test_leftovers_of_killed_writers_are_removed(tmp_path):
    (tmp_path / ".snapshot-000002.h5.0123456789ab.tmp").touch()
    train(tmp_path, 0)
    assert names(tmp_path) == ["snapshot-000000.h5"]


def test_bad_values_are_never_saved(tmp_path):
    net = FakeNet(shapes={"ip___weight": (1,)})
    net.init()
    net.mean.load([float("inf")])
    with pytest.raises(NumericalError, match="norm___mean of net 'fake' holds NaN or Inf"):
        train(tmp_path, 2, net=net)
    assert names(tmp_path) == []


@pytest.mark.filterwarnings("ignore:overflow")
def test_a_diverging_training_keeps_its_good_snapshots(tmp_path):
    with pytest.raises(NumericalError, match=r"the last snapshot is .*snapshot-000004\.h5"):
        train(tmp_path, 100, lr_policy=LRPolicy.Fixed(1e30))
    assert names(tmp_path)[-1] == "snapshot-000004.h5"


def test_keeping_none_is_refused(tmp_path):
    with pytest.raises(OptionError, match="keep is a whole number above 0, not 0"):
        Snapshot(tmp_path, keep=0)


def test_an_end_is_there_or_not(tmp_path):
    with pytest.raises(OptionError, match="at_end is True or False, not 'no'"):
        Snapshot(tmp_path, at_end="no")
