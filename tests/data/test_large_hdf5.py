"""A file much larger than what may be in memory trains shuffled; `benchmarks/large_hdf5.py` does it with 20 GB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def trained(repository: Path, folder: Path, gigabytes: float, max_bytes: int) -> dict[str, float]:
    """The script's figures; it fails if a sample comes twice or not at all."""
    script = repository / "benchmarks/large_hdf5.py"
    options = ["--gigabytes", str(gigabytes), "--max-bytes", str(max_bytes), "--folder", str(folder)]
    done = subprocess.run([sys.executable, str(script), *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.slow
def test_2_gigabytes_in_a_quarter_of_one(repository: Path, tmp_path: Path) -> None:
    figures = trained(repository, tmp_path, 2, 2**26)
    assert figures["file"] > 2e9 > 10 * figures["stored"]
    assert figures["peak_bytes"] < 250e6


def test_memory_does_not_grow_with_the_file(repository: Path, tmp_path: Path) -> None:
    small, large = (trained(repository, tmp_path, gigabytes, 2**24)["peak_bytes"] for gigabytes in (0.05, 0.25))
    assert large - small < 2**25
