"""The coffee lounge: order of breaks, statistics, and their file."""

from __future__ import annotations

import pytest

from mocha_core.coffee import Coffee, CoffeeLounge, TrainingSummary, add_coffee_break, setup_coffee_lounge
from mocha_core.errors import OptionError, SnapshotError, SolverError
from mocha_core.io import load_statistics, save_statistics
from mocha_core.solvers import SGD, Solver, solve
from tests.solvers.fake_net import FakeNet

from .giving import Give


class Guest(Coffee):
    """Writes down what happens to it; fails where it is told to."""

    def __init__(self, name: str, diary: list[str], fails: str = "") -> None:
        self.name, self.diary, self.fails = name, diary, fails

    def note(self, what: str) -> None:
        self.diary.append(f"{what} {self.name}")
        if what == self.fails:
            raise RuntimeError(f"{what} of {self.name} fails")

    def init(self, net, state) -> None:
        self.note("init")

    def enjoy(self, lounge, net, state) -> None:
        self.note("enjoy")

    def destroy(self, net) -> None:
        self.note("destroy")


def make_solver(max_iter: int = 2) -> Solver:
    return Solver(SGD(), {"max_iter": max_iter})


def test_breaks_come_in_order_and_leave_in_reverse():
    diary: list[str] = []
    solver = make_solver(1)
    add_coffee_break(solver, Guest("a", diary), every_n_iter=1)
    add_coffee_break(solver, Guest("b", diary), every_n_iter=2)
    solve(solver, FakeNet())
    assert diary == ["init a", "init b", "enjoy a", "enjoy b", "enjoy a", "destroy b", "destroy a"]


def test_a_break_that_fails_ends_training_and_all_are_destroyed(tmp_path):
    diary: list[str] = []
    solver = make_solver()
    setup_coffee_lounge(solver, save_into=tmp_path / "s.h5", every_n_iter=1000)
    add_coffee_break(solver, TrainingSummary(), every_n_iter=1)
    add_coffee_break(solver, Guest("a", diary, fails="destroy"), every_n_iter=1)
    add_coffee_break(solver, Guest("b", diary, fails="enjoy"), every_n_iter=1)
    with pytest.raises(RuntimeError, match="enjoy of b fails"):
        solve(solver, FakeNet())
    assert diary[-2:] == ["destroy b", "destroy a"]
    assert load_statistics(tmp_path / "s.h5")["obj_val"].keys() == {0}


def test_after_a_failed_init_only_what_was_ready_is_destroyed():
    diary: list[str] = []
    solver = make_solver()
    add_coffee_break(solver, Guest("a", diary), every_n_iter=1)
    add_coffee_break(solver, Guest("b", diary, fails="init"), every_n_iter=1)
    with pytest.raises(RuntimeError, match="init of b fails"):
        solve(solver, FakeNet())
    assert diary == ["init a", "init b", "destroy a"]


def test_an_error_in_destroy_is_raised_at_the_end_of_a_good_training():
    diary: list[str] = []
    solver = make_solver()
    add_coffee_break(solver, Guest("a", diary), every_n_iter=1)
    add_coffee_break(solver, Guest("b", diary, fails="destroy"), every_n_iter=1)
    with pytest.raises(RuntimeError, match="destroy of b fails"):
        solve(solver, FakeNet())
    assert diary[-1] == "destroy a"


def test_epochs_are_asked_for_only_if_a_break_needs_them():
    class Timeless(FakeNet):
        @property
        def epoch(self):
            raise AssertionError("nobody wants the epoch")

    solver = make_solver()
    add_coffee_break(solver, TrainingSummary(), every_n_iter=1)
    solve(solver, Timeless())


def test_breaks_by_epoch():
    solver, seen = make_solver(13), []

    class Note(Coffee):
        def enjoy(self, lounge, net, state) -> None:
            seen.append(state.iter)

    add_coffee_break(solver, Note(), every_n_epoch=1)
    solve(solver, FakeNet())
    assert seen == [3, 7, 11]  # the forward after update 3 is the fourth of four batches


def test_statistics_are_kept_by_name_and_iteration():
    solver = make_solver()
    add_coffee_break(solver, TrainingSummary("iter", "obj_val", "learning_rate"), every_n_iter=1)
    solve(solver, FakeNet())
    lounge = solver.coffee_lounge
    assert lounge.statistics.keys() == {"obj_val", "learning_rate"}
    assert lounge.get_statistics("learning_rate") == {0: 0.01, 1: 0.01, 2: 0.01}
    assert lounge.get_statistics("nobody") == {}


def run_with_file(path, file_exists="merge") -> Solver:
    solver = make_solver()
    setup_coffee_lounge(solver, save_into=path, file_exists=file_exists)
    add_coffee_break(solver, TrainingSummary(), every_n_iter=1)
    solve(solver, FakeNet())
    return solver


def test_an_old_file_is_merged_and_newer_values_win(tmp_path):
    path = tmp_path / "deep" / "s.h5"
    save_statistics(path, {"obj_val": {0: -1.0, 50: 5.0}, "a/b %": {3: 4.0}})
    solver = run_with_file(path)
    found = load_statistics(path)
    assert found["obj_val"].keys() == {0, 1, 2, 50}
    assert found["obj_val"][0] == 0.5
    assert found["a/b %"] == {3: 4.0}
    assert solver.coffee_lounge.statistics == {"obj_val": {i: found["obj_val"][i] for i in (0, 1, 2)}}


def test_another_training_of_the_same_solver_begins_with_no_statistics(tmp_path):
    first = {i: float(i) for i in range(4)}
    give = Give("v", list(first.values()))
    solver = make_solver(3)
    setup_coffee_lounge(solver, save_into=tmp_path / "a.h5")
    add_coffee_break(solver, give, every_n_iter=1)
    solve(solver, FakeNet())
    give.values = [9.0, None, None, None]
    setup_coffee_lounge(solver, save_into=tmp_path / "b.h5")
    assert solver.coffee_lounge.get_statistics("v") == first
    solve(solver, FakeNet())
    assert solver.coffee_lounge.get_statistics("v") == {0: 9.0}
    assert load_statistics(tmp_path / "a.h5")["v"] == first
    assert load_statistics(tmp_path / "b.h5")["v"] == {**first, 0: 9.0}


def test_an_old_file_is_overwritten_with_a_warning(tmp_path, caplog):
    save_statistics(tmp_path / "s.h5", {"old": {0: 1.0}})
    run_with_file(tmp_path / "s.h5", "overwrite")
    assert load_statistics(tmp_path / "s.h5").keys() == {"obj_val"}
    assert any("overwritten" in message for message in caplog.messages)


def test_an_old_file_is_refused_before_training(tmp_path):
    save_statistics(tmp_path / "s.h5", {"old": {0: 1.0}})
    with pytest.raises(SolverError, match=r"s\.h5 exists already"):
        run_with_file(tmp_path / "s.h5", "panic")
    assert load_statistics(tmp_path / "s.h5") == {"old": {0: 1.0}}


def test_ones_own_file_is_no_reason_to_panic(tmp_path):
    solver = make_solver()
    setup_coffee_lounge(solver, save_into=tmp_path / "s.h5", file_exists="panic")
    add_coffee_break(solver, TrainingSummary(), every_n_iter=1)
    net = FakeNet()
    solve(solver, net)
    solver.params = solver.params.replace(max_iter=4)
    solve(solver, net)
    assert load_statistics(tmp_path / "s.h5")["obj_val"].keys() == {0, 1, 2, 3, 4}


def test_a_damaged_file_stops_training_before_it_begins(tmp_path):
    (tmp_path / "s.h5").write_bytes(b"not HDF5")
    with pytest.raises(SnapshotError, match=r"s\.h5 is damaged"):
        run_with_file(tmp_path / "s.h5")
    assert (tmp_path / "s.h5").read_bytes() == b"not HDF5"


class Knows(Coffee):
    """Takes what its own kind told."""

    def __init__(self, kind: str = "", found: int = 0) -> None:
        self.kind, self.found = kind, found

    def enjoy(self, lounge, net, state) -> None:
        pass

    def state(self):
        return {"kind": self.kind, "found": self.found}

    def takes(self, state):
        return state["kind"] == self.kind

    def restore(self, state) -> None:
        self.found = state["found"]


class KnowsMore(Knows):
    """Of another class."""


KINDS = ("Knows", "KnowsMore")


def restored(*coffees: Coffee) -> list[int]:
    """What they know after a resume, of a training with the breaks named here."""
    told = [["Knows", {"kind": kind, "found": found}] for kind, found in (("a", 1), ("b", 2), ("b", 3))]
    solver = make_solver()
    for coffee in coffees:
        add_coffee_break(solver, coffee, every_n_iter=1)
    record = {"epoch": None, "coffees": [["TrainingSummary", {}], *told, ["KnowsMore", {"kind": "a", "found": 4}]]}
    solver.coffee_lounge.restore(record)
    return [coffee.found for coffee in coffees if isinstance(coffee, Knows)]


def test_breaks_added_or_moved_before_a_resume_leave_the_others_what_they_knew(caplog):
    given = [KnowsMore("a"), TrainingSummary(), Knows("c"), Knows("b"), Knows("a"), Knows("b")]
    assert restored(*given) == [4, 0, 2, 1, 3]
    assert not caplog.messages


def test_what_no_break_goes_on_with_is_told(caplog):
    assert restored(Knows("a"), Knows("b")) == [1, 2]
    told = [f"The snapshot holds what a break {kind} had found, and no break here goes" for kind in KINDS]
    assert [message[: len(text)] for message, text in zip(caplog.messages, told, strict=True)] == told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"every_n_iter": 0}, "above 0"),
        ({"file_exists": "ask"}, "merge, overwrite, panic"),
        ({"save_into": "statistics.jld"}, r"save_into='statistics\.h5'"),
    ],
)
def test_impossible_options_are_refused(options, told):
    with pytest.raises(OptionError, match=told):
        CoffeeLounge(**options)


def test_only_a_coffee_is_a_break():
    with pytest.raises(OptionError, match="a coffee break is a Coffee"):
        make_solver().add_coffee_break(TrainingSummary, every_n_iter=1)


def test_breaks_survive_a_later_set_up_of_the_lounge():
    solver = make_solver()
    add_coffee_break(solver, TrainingSummary(), every_n_iter=1)
    setup_coffee_lounge(solver)
    assert len(solver.coffee_lounge.breaks) == 1
