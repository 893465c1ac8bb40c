"""A training killed with SIGKILL and started again by the same command ends bit for bit as one left alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from mocha_core.io.load_from import snapshots_in
from mocha_core.io.snapshot_file import read_snapshot

from .small import solver_text, write

LAST = 900
KILLED_AT = (120, 420)
"""Far from the end: a child whose output nobody reads stops when the pipe is full, after some 340 iterations more."""
MORE = f"display: 1 max_iter: {LAST} snapshot: 50"


def start(folder: Path) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "mocha_core.cli.main", "caffe", "train", str(folder / "solver.prototxt")]
    return subprocess.Popen(
        [*arguments, "--backend", "cpu"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
    )


def finish(folder: Path) -> None:
    output, _ = (child := start(folder)).communicate()
    assert child.returncode == 0, output[-2000:]


def kill_at(folder: Path, iteration: int) -> None:
    child = start(folder)
    assert child.stdout is not None
    with child.stdout:
        seen = any(f"Iteration {iteration}, loss" in line for line in child.stdout)
        child.kill()
    assert seen
    assert child.wait() == -signal.SIGKILL


def test_killed_twice(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder, solver_text(MORE))
    finish(one)
    for iteration in KILLED_AT:
        kill_at(two, iteration)
        assert not (two / f"small_iter_{LAST}.caffemodel").exists()
    finish(two)
    name = f"small_iter_{LAST}.caffemodel"
    assert (two / name).read_bytes() == (one / name).read_bytes()
    whole, killed = (read_snapshot(snapshots_in(folder / "small_snapshots")[LAST]) for folder in (one, two))
    assert {k: v.tobytes() for k, v in killed.history.items()} == {k: v.tobytes() for k, v in whole.history.items()}
    assert killed.statistics == whole.statistics
    assert len(whole.statistics["obj_val"]) == LAST + 1
