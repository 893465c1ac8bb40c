"""A training killed with SIGKILL at twenty random moments ends bit for bit as one that was left alone."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pytest

from mocha_core.io import load_statistics
from mocha_core.io.load_from import snapshots_in
from mocha_core.io.snapshot_file import Contents, read_snapshot

from .child import LIFE, UNFINISHED, Training, while_starting, while_working, while_writing
from .training import EVERY, ITERATIONS, write_data

WAYS = [while_working, while_writing, while_working, while_working, while_starting] * 4
"""How the twenty lives end."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trainings(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> tuple[Path, Path, int]:
    """The folders of a training left alone and of the killed one; how many kills hit a snapshot being written."""
    data, whole, killed = (tmp_path_factory.mktemp(name) for name in ("data", "whole", "killed"))
    write_data(data)
    began = time.perf_counter()
    left_alone = Training(repository, data / "list.txt", whole)
    left_alone.step()
    startup = time.perf_counter() - began
    left_alone.finish()
    hits = 0
    for number, die in enumerate(WAYS):
        before = set(killed.glob(UNFINISHED))
        training = Training(repository, data / "list.txt", killed)
        die(training, random.Random(number), startup)
        training.kill()
        hits += bool(set(killed.glob(UNFINISHED)) - before)
    Training(repository, data / "list.txt", killed).finish()
    return whole, killed, hits


@pytest.fixture(scope="module")
def ends(trainings: tuple[Path, Path, int]) -> tuple[Contents, Contents]:
    """The last snapshot of each."""
    one, other = (read_snapshot(snapshots_in(folder)[ITERATIONS]) for folder in trainings[:2])
    return one, other


def test_twenty_lives_cannot_end_the_training_by_themselves() -> None:
    assert len(WAYS) == 20
    assert len(WAYS) * LIFE <= ITERATIONS


def test_parameters_and_history_are_bit_identical(ends: tuple[Contents, Contents]) -> None:
    whole, killed = ends
    for one, other in ((whole.parameters, killed.parameters), (whole.history, killed.history)):
        assert {name: values.tobytes() for name, values in one.items()} == {
            name: values.tobytes() for name, values in other.items()
        }
    assert any(np.ptp(values) > 0 for values in whole.history.values())


def test_position_random_counters_and_coffee_breaks_are_equal(ends: tuple[Contents, Contents]) -> None:
    whole, killed = ends
    assert killed.record == whole.record
    assert whole.record["data"]["data"]["epoch"] > 20


def test_statistics_are_equal_in_the_snapshot_and_in_the_merged_file(
    ends: tuple[Contents, Contents], trainings: tuple[Path, Path, int]
) -> None:
    whole, killed = ends
    assert killed.statistics == whole.statistics
    one, other = (load_statistics(folder / "statistics.h5") for folder in trainings[:2])
    assert other == one
    assert set(one) == {"obj_val", "learning_rate", "last_momentum", "test-accuracy", "epoch"}
    assert sorted(one["obj_val"]) == list(range(ITERATIONS + 1))


def test_some_kills_hit_a_snapshot_being_written_and_left_nothing(trainings: tuple[Path, Path, int]) -> None:
    _, killed, hits = trainings
    assert hits > 0
    last_three = [f"snapshot-{n:06d}.h5" for n in (ITERATIONS - 2 * EVERY, ITERATIONS - EVERY, ITERATIONS)]
    assert sorted(path.name for path in killed.iterdir()) == [*last_three, "statistics.h5"]
