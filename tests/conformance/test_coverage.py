"""A (layer, backend) pair that no check looked at fails the run; a pair that was looked at does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
from mocha_core import PowerLayer
from mocha_core.testing import Bottom, Case, LayerSuite, ReferenceBackend, shapes

layer = PowerLayer(name="square", power=2, bottoms=["x"], tops=["y"])


class Mute(ReferenceBackend):
    name = "mute"

    @classmethod
    def unusable(cls):
        return "it is mute"


class TestSquare(LayerSuite):
    plain = Case(layer, (Bottom((3, 5)),))
    cases = shapes().map(lambda shape: Case(layer, (Bottom(shape),)))
"""


def run_pytest(folder: Path, repository: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *options, str(folder)]
    environment = {"PYTHONPATH": str(repository), "PATH": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("options", [[], ["-k", "forward_matches"]], ids=["whole", "part"])
def test_a_suite_that_looks_at_its_layer_passes(tmp_path: Path, repository: Path, options: list[str]) -> None:
    done = run_pytest(tmp_path, repository, SUITE, *options)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_backend_that_cannot_work_fails_the_run(tmp_path: Path, repository: Path) -> None:
    done = run_pytest(tmp_path, repository, SUITE + "    backends = (Mute,)\n")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "PowerLayer on mute" in done.stdout


def test_a_backend_that_may_be_missing_does_not(tmp_path: Path, repository: Path) -> None:
    done = run_pytest(tmp_path, repository, SUITE + "    backends = (Mute,)\n    optional = True\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "backend 'mute': it is mute" in done.stdout
