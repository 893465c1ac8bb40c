"""`benchmarks/gpu.py --dry-run` goes through everything that a run on a GPU does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "gpu.py"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _simulation() -> None:
    simulation = pytest.importorskip("mocha_cuda.simulation", reason="needs the package mocha-cuda")
    if simulation.compiler() is None:
        pytest.skip(simulation.no_compiler())


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), "--dry-run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


def test_all_parts_pass_and_are_written_down(tmp_path: Path) -> None:
    file = tmp_path / "results" / "gpu.md"
    done = ran("--markdown", str(file), "--commit", "abc1234", "--seconds", "550")
    assert done.returncode == 0, done.stdout + done.stderr
    text = file.read_text()
    assert "DRY RUN" in text
    assert "commit abc1234; simulated, compute capability 9.0" in text
    for title in ("Conformance kit", "Trainings beside the processor's", "Graphs beside plain calls"):
        assert f"## {title}: passed" in text
    assert "* racecheck: 0 errors" in text
    assert "| lenet, 4 |" in text or "| lenet, 2 |" in text
    assert text.count("the same bits") == 2
    for mode in ("mocha", "torch eager", "torch graph", "torch compile"):
        assert text.count(f"\n  {mode} ") == 2
    assert "| MNIST to 99 % | passed |" in text


def test_a_part_that_finds_no_time_is_named() -> None:
    done = ran("--parts", "conformance", "mnist", "--seconds", "0")
    assert done.returncode == 0
    assert done.stdout.count("| not run | 0 s |") == 2
