"""The training program as a child process that can be killed at a chosen moment."""

from __future__ import annotations

import random
import select
import subprocess
import sys
import time
from pathlib import Path

from .training import EVERY

UNFINISHED = ".snapshot-*.tmp"


class Training:
    """It waits for a line after each iteration, so that it cannot run ahead of a parent that is late."""

    def __init__(self, repository: Path, listing: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.resume.training", str(listing), str(folder)]
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=repository
        )
        self.folder = folder

    def step(self) -> float:
        """Wait until the iteration at work is done, then allow the next one; how many seconds the wait was."""
        began = time.perf_counter()
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        if not self.child.stdout.readline():
            raise AssertionError(f"the training ended by itself: {self.child.communicate()[1]}")
        self.child.stdin.write("go on\n")
        self.child.stdin.flush()
        return time.perf_counter() - began

    def is_waiting(self) -> bool:
        """Whether the iteration at work is done; looks for a millisecond."""
        return bool(select.select([self.child.stdout], [], [], 0.001)[0])

    def finish(self) -> None:
        """Let it run to the end."""
        _, errors = self.child.communicate()
        assert self.child.returncode == 0, errors

    def kill(self) -> None:
        """SIGKILL, at once."""
        self.child.kill()
        self.child.communicate()


def while_starting(training: Training, dice: random.Random, startup: float) -> None:
    """At a random moment before the first iteration: importing, building, loading a snapshot."""
    time.sleep(dice.uniform(0, startup))


def while_working(training: Training, dice: random.Random, startup: float) -> None:
    """At a random moment of the iteration that follows a random one: computing, writing, renaming, removing."""
    steps = [training.step() for _ in range(dice.randrange(2, 2 * EVERY + 2))]
    time.sleep(dice.uniform(0, min(max(steps[1:]), 0.1)))


def while_writing(training: Training, dice: random.Random, startup: float) -> None:
    """While a snapshot is being written, if the system lets us be quick enough."""
    training.step()
    for _ in range(EVERY):
        training.step()
        while not training.is_waiting():
            if any(training.folder.glob(UNFINISHED)):
                return


LIFE = 2 * EVERY + 2
"""More iterations than a life has that ends in one of these ways."""
