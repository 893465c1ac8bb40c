"""Damaged snapshots and statistics: the snapshot before is taken, and that is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mocha_core import SGD, DefaultBackend, Net, SnapshotError, Solver, SolverError
from mocha_core.coffee.lounge import IfExists
from mocha_core.io.snapshot_file import read_snapshot

from .newcomer import Case, check, fingerprint, layers, train

LAST = Path("snapshots/snapshot-000012.h5")
Damage = Callable[[bytes], bytes]


def truncated(data: bytes) -> bytes:
    return data[:-200]


def emptied(data: bytes) -> bytes:
    return b""


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0xFF for byte in data[middle : middle + 8]) + data[middle + 8 :]


def damage(how: Damage, *paths: Path) -> None:
    for path in paths:
        path.write_bytes(how(path.read_bytes()))


@pytest.mark.parametrize("how", [truncated, emptied, flipped])
def test_training_goes_on_from_the_snapshot_before(
    how: Damage, trained: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = {name: values.tobytes() for name, values in read_snapshot(LAST).parameters.items()}
    damage(how, LAST)
    assert train(max_iter=12).state.loaded == Path("snapshots/snapshot-000008.h5")
    (said,) = (message for message in caplog.messages if "trying the snapshot before it" in message)
    assert f"{LAST}" in said
    assert {name: values.tobytes() for name, values in read_snapshot(LAST).parameters.items()} == whole


CASES = {
    "named": Case(
        SnapshotError,
        [f"{LAST} is damaged"],
        lambda: damage(truncated, LAST),
        params={"load_from": LAST},
        toml=('load_from = "snapshots"', f'load_from = "{LAST}"'),
    ),
    "all of them": Case(
        SnapshotError,
        ["none of the 4 snapshots in snapshots can be read", f"{LAST}", "move them away to start fresh"],
        lambda: damage(flipped, *Path("snapshots").glob("snapshot-*")),
    ),
    "statistics": Case(
        SnapshotError,
        ["statistics of before cannot be taken over", "snapshots/statistics.h5 is damaged", "move that file away"],
        lambda: damage(truncated, Path("snapshots/statistics.h5")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


def test_the_advice_about_statistics_helps(trained: Path) -> None:
    damage(truncated, Path("snapshots/statistics.h5"))
    Path("snapshots/statistics.h5").rename("away.h5")
    assert sorted(train().coffee_lounge.get_statistics("obj_val")) == [0, 4, 8, 12, 16]


@pytest.mark.parametrize("file_exists", ["panic", "merge"])
def test_statistics_that_are_refused_are_not_written(file_exists: IfExists, trained: Path) -> None:
    damage(truncated, Path("snapshots/statistics.h5"))
    before = fingerprint()
    with DefaultBackend("cpu") as backend, Net("n", backend, layers()) as net:
        solver = Solver(SGD(), {"max_iter": 1})
        solver.coffee_lounge.update_statistics("from elsewhere", 1.0)
        solver.setup_coffee_lounge(save_into="snapshots/statistics.h5", file_exists=file_exists)
        with pytest.raises((SolverError, SnapshotError), match=r"statistics\.h5 .*move"):
            solver.solve(net)
    assert fingerprint() == before


def test_what_killed_writers_left_is_removed(trained: Path) -> None:
    for name in (".statistics.h5.0123456789ab.tmp", ".snapshot-000016.h5.0123456789ab.tmp"):
        Path("snapshots", name).write_bytes(b"half")
    train()
    assert not list(Path("snapshots").glob(".*"))
