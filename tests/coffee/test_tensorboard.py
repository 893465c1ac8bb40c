"""TensorBoardWriter, checked with a reader of our own, and with TensorBoard's where that is installed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from mocha_core.coffee import Snapshot, TensorBoardWriter, TrainingSummary
from mocha_core.errors import OptionError
from mocha_core.io.events import scalars_event, step_of, varint
from mocha_core.io.tfrecord import crc32c, framed, records
from mocha_core.solvers import SGD, Solver, solve
from tests.io.training import fake_net

from . import event_reader
from .giving import Die, DieAt, Give


def run(folder: Path, snapshots: Path | None = None, *, die=None, max_iter=7, **params) -> Solver:
    solver = Solver(SGD(), {"max_iter": max_iter, **params})
    if snapshots is not None:
        solver.add_coffee_break(Snapshot(snapshots), every_n_iter=3)
    coffees = [TrainingSummary(), Give("test/accuracy", [0.5, None, 0.75]), DieAt(die), TensorBoardWriter(folder)]
    for coffee in coffees:
        solver.add_coffee_break(coffee, every_n_iter=1)
    solve(solver, fake_net())
    return solver


def in_32_bits(statistics: dict[str, dict[int, float]]) -> dict[str, dict[int, float]]:
    return {name: {i: float(np.float32(value)) for i, value in rows.items()} for name, rows in statistics.items()}


def test_the_checksum_is_the_published_one():
    # RFC 3720, B.4
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


@pytest.mark.parametrize(
    ("number", "code"), [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\1"), (2**40, b"\x80" * 5 + b" ")]
)
def test_numbers_of_any_length(number, code):
    assert varint(number) == code
    assert step_of(scalars_event(0.0, number, {"a": 1.0})) == (number, True)


def test_all_that_the_lounge_recorded_is_there(tmp_path):
    solver = run(tmp_path / "a" / "b")
    assert event_reader.scalars(tmp_path / "a" / "b") == in_32_bits(solver.coffee_lounge.statistics)


def test_numbers_beyond_32_bits_become_infinite(tmp_path):
    (data,) = event_reader.frames(framed(scalars_event(1.5, 3, {"big": -1e300, "none": math.nan})))
    event = event_reader.message(data)
    values = [event_reader.message(value)[2][0] for value in event_reader.message(event[5][0])[1]]
    assert values[0] == -math.inf
    assert math.isnan(values[1])
    assert (event[1], event[2]) == ([1.5], [3])


@pytest.mark.parametrize("die", [0, 2, 3, 4, 6])
def test_killed_and_resumed_each_step_is_there_once(tmp_path, die):
    folder, snapshots = tmp_path / "events", tmp_path / "snapshots"
    whole = run(tmp_path / "whole")
    with pytest.raises(Die):
        run(folder, snapshots, die=die)
    run(folder, snapshots, load_from=snapshots)
    assert event_reader.scalars(folder) == in_32_bits(whole.coffee_lounge.statistics)


@pytest.mark.parametrize("cut", [1, 20, 70, 10_000])
def test_what_a_kill_left_half_written_or_the_disk_lost_is_written_again(tmp_path, cut):
    folder, snapshots = tmp_path / "events", tmp_path / "snapshots"
    whole = run(tmp_path / "whole")
    run(folder, snapshots, max_iter=6)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-cut])
    run(folder, snapshots, load_from=snapshots)
    assert event_reader.scalars(folder) == in_32_bits(whole.coffee_lounge.statistics)


def test_a_file_that_was_only_begun_counts_for_nothing(tmp_path):
    folder, snapshots = tmp_path / "events", tmp_path / "snapshots"
    whole = run(tmp_path / "whole")
    run(folder, snapshots, max_iter=4)
    with pytest.raises(Die):
        run(folder, snapshots, max_iter=7, load_from=snapshots, die=7)
    last = max(folder.iterdir())
    begun = b"".join(framed(data) for data in event_reader.frames(last.read_bytes())[:2])
    last.write_bytes(begun)  # all that the disk has kept of it
    run(folder, snapshots, load_from=snapshots)
    assert event_reader.scalars(folder) == in_32_bits(whole.coffee_lounge.statistics)


def test_what_was_written_before_the_snapshot_keeps_its_times(tmp_path):
    with pytest.raises(Die):
        run(tmp_path / "events", tmp_path, die=4)
    (path,) = (tmp_path / "events").iterdir()
    before = path.read_bytes()
    run(tmp_path / "events", tmp_path, load_from=tmp_path)
    kept = path.read_bytes()
    assert before.startswith(kept)
    assert len(event_reader.frames(kept)) == 2 + 2  # steps 0 and 1: the snapshot of 3 was taken before its break


def test_a_fresh_training_removes_the_events_of_the_old_one_and_no_others(tmp_path, caplog):
    (tmp_path / "events.out.tfevents.other").write_bytes(b"")
    run(tmp_path, max_iter=3)
    run(tmp_path, max_iter=1)
    assert any("Overwriting the TensorBoard events" in message for message in caplog.messages)
    (tmp_path / "events.out.tfevents.other").unlink()
    assert event_reader.scalars(tmp_path)["obj_val"].keys() == {0, 1}


def test_reading_ends_at_damage(tmp_path):
    good, path = framed(b"one") + framed(b"two"), tmp_path / "f"
    for damage in (b"", b"\1", framed(b"three")[:-1], framed(b"three").replace(b"three", b"tree!"), b"\xff" * 40):
        path.write_bytes(good + damage)
        assert [data for _, data in records(path)] == [b"one", b"two"]
    lies = (1 << 60).to_bytes(8, "little")
    path.write_bytes(good + lies + framed(b"")[:0])
    assert len(list(records(path))) == 2


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "f").touch()
    with pytest.raises(OptionError, match="cannot make the folder"):
        run(tmp_path / "f")


def test_tensorboard_reads_them(tmp_path):
    reason = "TensorBoard is not needed to write its files; pip install tensorboard for this test"
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason=reason)
    snapshots = tmp_path / "snapshots"
    with pytest.raises(Die):
        run(tmp_path / "events", snapshots, die=5)
    solver = run(tmp_path / "events", snapshots, load_from=snapshots)
    events = accumulator.EventAccumulator(str(tmp_path / "events"))
    events.Reload()
    found = {tag: {s.step: s.value for s in events.Scalars(tag)} for tag in events.Tags()["scalars"]}
    assert found == in_32_bits(solver.coffee_lounge.statistics)
