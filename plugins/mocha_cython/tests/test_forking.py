"""A forked process computes like its parent, whether the parent's team of threads has worked before or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("forking.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.mark.parametrize("team", ["used", "unused"])
def test_children_come_to_their_parent_s_numbers(team: str) -> None:
    done = subprocess.run([sys.executable, str(PROGRAM), team], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answers: dict[str, bool] = json.loads(done.stdout)
    assert len(answers) == 8
    assert [who for who, right in answers.items() if not right] == []
