"""A training killed with SIGKILL again and again ends with the parameters of one that was left alone.

Every method, with dropout, data read and shuffled by a thread, and batches that cross epochs.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mocha_core.io.load_from import snapshots_in
from mocha_core.io.snapshot_file import read_snapshot
from mocha_core.plugins.finding import find_solver
from tests.solvers.running import METHODS

from .training import async_data, bits, real_net, train, write_files

ITERATIONS, KILLS = 60, 6

PROGRAM = """
import logging
import sys
from pathlib import Path
from mocha_core.coffee import Coffee, Snapshot
from mocha_core.plugins.finding import find_solver
from mocha_core.solvers import solve
from tests.io.training import async_data, make_solver, real_net

class Tell(Coffee):
    def enjoy(self, lounge, net, state):
        print(state.iter, flush=True)
        sys.stdin.readline()

logging.getLogger("mocha").setLevel(logging.WARNING)  # only breaks may print
folder, iterations, method, iter_size = sys.argv[1], int(sys.argv[2]), find_solver(sys.argv[3])(), int(sys.argv[4])
solver = make_solver(None, iterations, method=method, iter_size=iter_size, load_from=folder)
solver.add_coffee_break(Tell(), every_n_iter=1)
solver.add_coffee_break(Snapshot(folder, keep=3), every_n_iter=1)
solve(solver, real_net(data=async_data(Path(sys.argv[5]))))
"""


NAMES = [type(method).__name__ for method in METHODS]
CASES = [
    pytest.param("SGD", 1, id="SGD"),
    *[pytest.param(name, 2, id=name, marks=pytest.mark.slow) for name in NAMES[1:]],
]


def start(folder: Path, root: Path, method: str, iter_size: int) -> subprocess.Popen[str]:
    """The program; it waits for a line after each that it prints, so that it cannot run ahead."""
    source = folder.parent / "data" / "list.txt"
    command = [sys.executable, "-c", PROGRAM, str(folder), str(ITERATIONS), method, str(iter_size), str(source)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)


def kill_after(iterations: int, moment: float, *training: Any) -> None:
    """Kill it `moment` seconds into the work that follows so many breaks: computing, writing, renaming."""
    with start(*training) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(iterations):
            assert process.stdout.readline()
            process.stdin.write("go on\n")
            process.stdin.flush()
        time.sleep(moment)
        process.kill()


@pytest.mark.parametrize(("method", "iter_size"), CASES)
def test_killed_at_random_moments(tmp_path, repository, method, iter_size):
    dice, folder = random.Random(2026), tmp_path / "snapshots"
    (tmp_path / "data").mkdir()
    source = write_files(tmp_path / "data")
    for _ in range(KILLS):
        kill_after(dice.randrange(2, ITERATIONS // KILLS), dice.uniform(0, 0.02), folder, repository, method, iter_size)
    with start(folder, repository, method, iter_size) as process:
        process.communicate("go on\n" * (ITERATIONS + 1))
    assert process.returncode == 0
    whole = real_net(data=async_data(source))
    train(whole, None, ITERATIONS, method=find_solver(method)(), iter_size=iter_size)
    last = read_snapshot(snapshots_in(folder)[ITERATIONS])
    assert {path: values.tobytes() for path, values in last.parameters.items()} == bits(whole)
    assert not list(folder.glob(".*.tmp"))
