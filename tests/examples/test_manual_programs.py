"""The manual's programs run, leave what they say, and go on from their snapshots."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

SHAPES = {"mnist": (1, 28, 28), "cifar10": (3, 32, 32)}


def tiny_data(folder: Path, sample: tuple[int, ...]) -> None:
    """200 random images for training and 100 for testing."""
    random = np.random.default_rng(0)
    for name, count in (("train", 200), ("test", 100)):
        with h5py.File(folder / f"{name}.hdf5", "w") as file:
            file["data"] = random.normal(size=(count, *sample)).astype("float32")
            file["label"] = random.integers(10, size=(count, 1)).astype("float32")
        (folder / f"{name}.txt").write_text(f"{name}.hdf5\n")


def run(program: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), *words],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", SHAPES)
def test_a_program_trains_validates_and_resumes(repository: Path, tmp_path: Path, name: str) -> None:
    tiny_data(tmp_path, SHAPES[name])
    program = repository / "examples" / name / f"{name}.py"
    options = ["--data", str(tmp_path), "--snapshots", str(tmp_path / "snapshots")]
    first = run(program, *options, "--max-iter", "2")
    assert "Accuracy (avg over 100)" in first
    assert "obj_val" in first
    left = {path.name for path in (tmp_path / "snapshots").iterdir()}
    assert "statistics.h5" in left
    assert any(name.startswith("snapshot-000000") for name in left)
    second = run(program, *options, "--max-iter", "3")
    assert "snapshot-00000" in second
