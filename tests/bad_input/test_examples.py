"""The examples as a newcomer starts them: one line that says what to do, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("mnist/mnist.py", "examples/mnist/data has no train.txt; first: mocha data mnist --to examples/mnist/data"),
        ("cifar10/cifar10.py --data .", ". has no train.txt; first: mocha data cifar10 --to ."),
        ("digits/demo.py --max-iter 0", "--max-iter is at least 1, not 0"),
        ("digits/demo.py --backend nonesuch", "demo.py: there is no backend 'nonesuch'"),
    ],
)
def test_refused(words: str, said: str, repository: Path, tmp_path: Path) -> None:
    program, *options = words.split()
    command = [sys.executable, str(repository / "examples" / program), *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
