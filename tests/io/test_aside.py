"""Snapshots of another training in the same folder: none is lost, and a resume never takes one for its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core.coffee import Snapshot
from mocha_core.errors import SnapshotError
from mocha_core.io import save_network
from mocha_core.io.load_from import snapshots_in
from mocha_core.solvers import Solver, solve
from tests.coffee.giving import Die, DieAt

from .training import bits, fake_net, make_solver, train

OLD = {0: "snapshot-000000.h5", 3: "snapshot-000003.h5", 6: "snapshot-000006.h5"}


@pytest.fixture
def folder(tmp_path):
    """With the snapshots of a training of 6 updates."""
    train(fake_net(), tmp_path / "snapshots", 6)
    return tmp_path / "snapshots"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def killed(folder: Path, at: int, **params) -> None:
    """A training of 9 updates that dies."""
    solver = make_solver(folder, 9, **params)
    solver.add_coffee_break(DieAt(at), every_n_iter=1)
    with pytest.raises(Die):
        solve(solver, fake_net())


def test_a_fresh_training_loses_none(folder, caplog):
    before = contents(folder)
    train(fake_net(), folder, 3)
    assert contents(folder / "old-1") == before
    assert list(snapshots_in(folder)) == [0, 3]
    (message,) = (m for m in caplog.messages if "does not go on from" in m)
    assert f"{folder / 'old-1'}: {', '.join(OLD.values())}" in message


def test_its_resume_goes_on_from_its_own(folder):
    killed(folder, 4, regu_coef=0.5)
    whole, resumed = fake_net(), fake_net()
    train(whole, None, 9, regu_coef=0.5)
    solver = train(resumed, folder, 9, regu_coef=0.5, load_from=folder)
    assert solver.state.loaded == folder / OLD[3]
    assert bits(resumed) == bits(whole)


def test_the_old_training_can_be_gone_on_with(folder):
    for _ in range(2):
        killed(folder, 4)
    solver = train(fake_net(), folder, 9, load_from=folder / "old-1")
    assert solver.state.loaded == folder / "old-1" / OLD[6]
    assert list(snapshots_in(folder)) == [6, 9]
    assert [list(snapshots_in(folder / f"old-{n}")) for n in (1, 2, 3)] == [[0, 3, 6], [0, 3], [0, 3]]


@pytest.mark.parametrize("moves", range(5))
def test_killed_between_two_moves_nothing_is_lost_and_a_resume_takes_one_training_or_the_other(
    folder, monkeypatch, moves
):
    (folder / "best.h5").write_bytes(b"parameters")
    before, rename, left = contents(folder), Path.rename, [None] * moves

    def dying(path, target):
        if not left:
            raise Die
        left.pop()
        rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        solver = make_solver(folder, 9)
        solver.add_coffee_break(DieAt(0), every_n_iter=1)
        with pytest.raises(Die):
            solve(solver, fake_net())
    if moves < len(before):  # the new training has not begun
        assert {**contents(folder / "old-1"), **contents(folder)} == before
        assert train(fake_net(), None, 0, load_from=folder).state.iter == 6
    else:
        assert contents(folder / "old-1") == before
        assert train(fake_net(), None, 0, load_from=folder).state.iter == 0


def test_a_training_resumed_from_an_earlier_one_moves_the_later_ones(folder, caplog):
    killed(folder, 5, load_from=folder / OLD[3])
    assert [list(snapshots_in(each)) for each in (folder, folder / "old-1")] == [[0, 3], [6]]
    assert any(OLD[6] in m and OLD[3] not in m for m in caplog.messages if "does not go on from" in m)
    assert train(fake_net(), folder, 9, load_from=folder).state.loaded == folder / OLD[3]


def test_a_training_resumed_from_the_newest_moves_nothing(folder, caplog):
    train(fake_net(), folder, 9, load_from=folder)
    assert list(snapshots_in(folder)) == [0, 3, 6, 9]
    assert not caplog.messages


def test_the_folder_may_go_by_another_name(folder, caplog, monkeypatch):
    (folder.parent / "link").symlink_to(folder)
    monkeypatch.chdir(folder.parent)
    train(fake_net(), Path("link"), 9, load_from="snapshots")
    assert list(snapshots_in(folder)) == [0, 3, 6, 9]


def test_a_snapshot_from_elsewhere_is_of_another_training(folder):
    train(fake_net(), folder.parent / "elsewhere", 3)
    train(fake_net(), folder, 9, load_from=folder.parent / "elsewhere")
    assert [list(snapshots_in(each)) for each in (folder, folder / "old-1")] == [[3, 6, 9], [0, 3, 6]]


def test_a_model_is_no_training(folder):
    net = fake_net()
    net.init()
    save_network(folder / "model.h5", net)
    train(fake_net(), folder, 3, load_from=folder / "model.h5")
    assert [list(snapshots_in(each)) for each in (folder, folder / "old-1")] == [[0, 3], [0, 3, 6]]


@pytest.mark.parametrize("start", [{}, {"load_from": "snapshot-000003.h5"}])
def test_the_best_net_of_before_goes_with_them(folder, start, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "best.h5").write_bytes(b"parameters")
    train(fake_net(), folder, 6, **start)
    assert (folder / "old-1" / "best.h5").read_bytes() == b"parameters"
    assert not (folder / "best.h5").exists()


def test_the_best_net_stays_where_the_training_goes_on(folder):
    (folder / "best.h5").write_bytes(b"parameters")
    train(fake_net(), folder, 9, load_from=folder)
    assert (folder / "best.h5").exists()


def going_on(folder: Path) -> tuple[Solver, object]:
    net = fake_net()
    solver = make_solver(folder, 4)
    solve(solver, net)
    solver.params = solver.params.replace(max_iter=6)
    return solver, net


def test_a_training_that_goes_on_in_the_same_program_keeps_its_own(tmp_path):
    solver, net = going_on(tmp_path)
    solve(solver, net)
    assert list(snapshots_in(tmp_path)) == [0, 3, 4, 6]
    assert not (tmp_path / "old-1").exists()


def test_so_it_does_with_another_break(tmp_path):
    solver, net = going_on(tmp_path)
    solver.add_coffee_break(Snapshot(tmp_path), every_n_iter=5)
    solve(solver, net)
    assert list(snapshots_in(tmp_path)) == [0, 3, 4, 5, 6]


def test_what_cannot_be_moved_ends_the_training_before_it_begins(folder, monkeypatch):
    before = contents(folder)

    def refused(path, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(SnapshotError, match=r"cannot be moved to .*old-1: Permission denied; move them away, or give"):
        train(fake_net(), folder, 9)
    assert contents(folder) == before
