"""A forked process computes like its parent, whether the parent's team of threads has worked before or not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("forking.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.mark.parametrize("team", ["used", "unused"])
def test_children_come_to_their_parent_s_numbers(team: str) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(PROGRAM), team], start_new_session=True, text=True, **pipes) as process:
        try:
            told, errors = process.communicate(timeout=200)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # children that wait for ever hold the pipes
            raise
    assert process.returncode == 0, errors
    answers: dict[str, bool] = json.loads(told)
    assert len(answers) == 8
    assert [who for who, right in answers.items() if not right] == []
