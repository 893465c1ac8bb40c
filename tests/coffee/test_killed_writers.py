"""Log files of a training killed with SIGKILL again and again are those of one that was left alone."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from . import event_reader

ITERATIONS, KILLS = 40, 4

PROGRAM = """
import logging
import sys
from pathlib import Path
from mocha_core.coffee import Coffee, CSVWriter, JSONLinesWriter, Snapshot, TensorBoardWriter
from mocha_core.solvers import solve
from tests.coffee.giving import Give
from tests.io.training import make_solver, real_net

class Tell(Coffee):
    def enjoy(self, lounge, net, state):
        print(state.iter, flush=True)
        sys.stdin.readline()

logging.getLogger("mocha").setLevel("WARNING")  # standard output is for Tell
folder, iterations = Path(sys.argv[1]), int(sys.argv[2])
solver = make_solver(None, iterations, load_from=folder)
late = Give("late", [i / 7 if i % 5 == 3 and i > 15 else None for i in range(iterations + 1)])
writers = (CSVWriter(folder / "log.csv"), JSONLinesWriter(folder / "log.jsonl"), TensorBoardWriter(folder / "events"))
for coffee in (Tell(), late, *writers):
    solver.add_coffee_break(coffee, every_n_iter=1)
solver.add_coffee_break(Snapshot(folder, keep=2), every_n_iter=3)
solve(solver, real_net())
"""


def start(folder: Path, root: Path) -> subprocess.Popen[str]:
    """The program; it waits for a line after each that it prints, so that it cannot run ahead."""
    command = [sys.executable, "-c", PROGRAM, str(folder), str(ITERATIONS)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)


def kill_after(iterations: int, moment: float, folder: Path, root: Path) -> None:
    """Kill it `moment` seconds into the work that follows so many breaks: writing, computing, saving."""
    with start(folder, root) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(iterations):
            assert process.stdout.readline()
            process.stdin.write("go on\n")
            process.stdin.flush()
        time.sleep(moment)
        process.kill()


def finish(folder: Path, root: Path) -> None:
    with start(folder, root) as process:
        process.communicate("go on\n" * (ITERATIONS + 1))
    assert process.returncode == 0


def test_killed_at_random_moments(tmp_path, repository):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
    finish(whole, repository)
    dice = random.Random(2026)
    for _ in range(KILLS):
        kill_after(dice.randrange(5, ITERATIONS // KILLS), dice.uniform(0, 0.01), killed, repository)
    finish(killed, repository)
    for name in ("log.csv", "log.jsonl"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    assert event_reader.scalars(killed / "events") == event_reader.scalars(whole / "events")
    assert len(list((killed / "events").iterdir())) > 1
