"""A training with joined steps, killed and resumed, ends as one that was left alone, on this backend or another."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import LRPolicy, Snapshot, TrainingSummary, setup
from mocha_core.testing.backends import ReferenceBackend

from .ahead import AheadBackend
from .training import BACKENDS, Die, Training, both, snapshots

UPDATES, EVERY = 30, 7


def begun(backend: type[ReferenceBackend], folder: Path, *, dies: int = -1) -> Training:
    """With snapshots, a validation that steers the rate, and an end."""
    policy = LRPolicy.DecayOnValidation(0.4, "right-accuracy", mode="max", gamma=0.7)
    training = Training(backend, updates=UPDATES, lr_policy=policy, load_from=folder)
    validation = training.validation()
    training.solver.add_coffee_break(TrainingSummary("iter", "obj_val", "learning_rate"), every_n_iter=4)
    training.solver.add_coffee_break(validation, every_n_iter=5)
    setup(policy, validation, training.solver)
    training.solver.add_coffee_break(Snapshot(folder), every_n_iter=EVERY)
    training.solver.add_coffee_break(Die(dies), every_n_iter=1)
    return training


def whole(backend: type[ReferenceBackend], folder: Path) -> tuple[dict[str, bytes], dict[str, dict[int, float]]]:
    with begun(backend, folder) as training:
        return training.solve(), training.solver.coffee_lounge.statistics


def killed(backends: list[type[ReferenceBackend]], folder: Path, deaths: tuple[int, ...]) -> dict[str, bytes]:
    for number, when in enumerate(deaths):
        with begun(backends[number % len(backends)], folder, dies=when) as training, pytest.raises(RuntimeError):
            training.solve()
    with begun(backends[-1], folder) as training:
        return training.solve()


def test_snapshots_are_those_of_the_ordinary_training(tmp_path: Path) -> None:
    one, other = (whole(backend, tmp_path / backend.__name__) for backend in BACKENDS)
    assert other == one
    rates = list(one[1]["learning_rate"].values())
    assert rates[0] > rates[-1], "the validation never steered the rate"
    mine, theirs = (snapshots(tmp_path / backend.__name__) for backend in BACKENDS)
    assert list(mine) == [f"snapshot-{n:06d}.h5" for n in (*range(0, UPDATES, EVERY), UPDATES)]
    for name, (arrays, record) in mine.items():
        assert theirs[name][0] == arrays
        for key in ("iter", "obj_val", "fields", "updates", "random", "data"):
            assert theirs[name][1][key] == record[key]


@both
def test_killed_trainings_end_as_the_one_left_alone(backend: type[ReferenceBackend], tmp_path: Path) -> None:
    assert killed([backend], tmp_path / "killed", (3, 9, 16, 21, 29)) == whole(backend, tmp_path / "whole")[0]


def test_a_training_may_change_between_the_two(tmp_path: Path) -> None:
    mixed = killed([AheadBackend, ReferenceBackend], tmp_path / "mixed", (8, 15, 22, 28))
    assert mixed == whole(ReferenceBackend, tmp_path / "whole")[0]


@both
def test_solve_goes_on_after_a_break_that_failed(backend: type[ReferenceBackend]) -> None:
    with Training(backend, updates=12) as training:
        training.solver.add_coffee_break(Die(5), every_n_iter=1)
        with pytest.raises(RuntimeError):
            training.solve()
        del training.solver.coffee_lounge.breaks[:]
        found = training.solve()
    with Training(backend, updates=12) as training:
        assert training.solve() == found
