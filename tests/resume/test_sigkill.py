"""A training killed with SIGKILL at twenty random moments ends bit for bit as one that was left alone."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mocha_core.io import load_statistics
from mocha_core.io.load_from import snapshots_in
from mocha_core.io.snapshot_file import Contents, read_snapshot

from .training import EVERY, ITERATIONS, write_data

KILLS = 20
LIFE = 7
"""A life ends within fewer than so many iterations after its start, so twenty of them cannot end the training."""

LEFTOVER = ".snapshot-*.tmp"


class Training:
    """The program as a child. It waits after each iteration, so that it cannot run ahead of a parent that is late."""

    def __init__(self, repository: Path, listing: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.resume.training", str(listing), str(folder)]
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=repository)
        self.folder = folder

    def step(self) -> float:
        """Wait until the iteration at work is done, then allow the next one; how long the wait was."""
        began = time.perf_counter()
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        assert self.child.stdout.readline(), "the training ended by itself"
        self.child.stdin.write("go on\n")
        self.child.stdin.flush()
        return time.perf_counter() - began

    def wait_for_snapshot(self) -> None:
        """Go on until a snapshot is being written; a life of `EVERY` iterations has one."""
        for _ in range(EVERY + 1):
            self.step()
            end = time.monotonic() + 0.05
            while time.monotonic() < end:
                if any(self.folder.glob(LEFTOVER)):
                    return

    def kill(self) -> None:
        self.child.kill()
        self.child.communicate()

    def finish(self) -> None:
        self.child.communicate()
        assert self.child.returncode == 0


def live_and_be_killed(training: Training, dice: random.Random, inside: bool) -> None:
    """`inside`: while a snapshot is written; else at a random moment of start-up or of some iteration."""
    if inside:
        training.wait_for_snapshot()
    else:
        began = time.perf_counter()
        steps = [training.step() for _ in range(dice.randrange(1, LIFE))]
        work = steps[-1] if len(steps) > 1 else 0.01
        time.sleep(dice.uniform(0, min(2 * work, 0.1)) if time.perf_counter() > began else 0)
    training.kill()


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    return folder / "list.txt"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, repository: Path, listing: Path) -> Path:
    """The folder of a training that was left alone."""
    folder = tmp_path_factory.mktemp("whole")
    Training(repository, listing, folder).finish()
    return folder


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, repository: Path, listing: Path) -> tuple[Path, int]:
    """The folder of the training that was killed, and how many kills left a half-written snapshot."""
    folder, dice, halves = tmp_path_factory.mktemp("killed"), random.Random(20), 0
    for number in range(KILLS):
        live_and_be_killed(Training(repository, listing, folder), dice, inside=number % 3 == 2)
        halves += any(folder.glob(LEFTOVER))
    assert max(snapshots_in(folder)) < ITERATIONS
    Training(repository, listing, folder).finish()
    return folder, halves
