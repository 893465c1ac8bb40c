"""NVIDIA's compute-sanitizer over a few training steps: memory, races, uninitialised reads, barriers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from .outcome import FAILED, NOT_RUN, PASSED
from .setting import Setting
from .trajectories import Course, trained

TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
STEPS = (*(Course(net, 2, 2) for net in ("lenet", "cifar10_full", "small_residual")), Course("dropout_mlp", 4, 2))
TINY = (Course("lenet", 2, 1),)

PROGRAM = (
    "import subprocess, sys; bad = subprocess.run(sys.argv[5:]).returncode; print('ERROR SUMMARY:', bad, 'errors')"
)
STAND_IN = (sys.executable, "-c", PROGRAM)
"""In a dry run: it runs the program, and counts its failure as an error."""


def find() -> str | None:
    """Where the program is."""
    homes = [os.environ.get(name) for name in ("CUDA_HOME", "CUDA_PATH")] + ["/usr/local/cuda"]
    places = [Path(home) / "bin" / "compute-sanitizer" for home in homes if home]
    return shutil.which("compute-sanitizer") or next((str(path) for path in places if path.exists()), None)


def sanitize(setting: Setting, seconds: float, child: Sequence[str]) -> tuple[str, list[str]]:
    """Each tool on the program `child`, which calls `work`."""
    tool = STAND_IN if setting.dry else (find(),)
    if tool[0] is None:
        return NOT_RUN, ["compute-sanitizer was not found; it comes with the CUDA toolkit"]
    lines, good, end = list[str](), True, time.monotonic() + seconds
    for name in TOOLS:
        left = end - time.monotonic()
        said, errors = _one([*map(str, tool), "--tool", name, "--error-exitcode", "9", *child], left)
        good &= errors == 0
        lines.append(f"* {name}: {said}")
    return PASSED if good else FAILED, lines


def work(setting: Setting) -> None:
    """What is looked at: trainings without graphs, whose kernels the tools see one by one."""
    for course in TINY if setting.dry else STEPS:
        trained(course, partial(setting.open, graphs=False))


def _one(command: Sequence[str], seconds: float) -> tuple[str, int]:
    """What a tool says at its end, and how many errors it counts; -1 if it does not say."""
    if seconds <= 0:
        return "no time was left", -1
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"not done after {seconds:.0f} s", -1
    found = re.findall(r"(?:ERROR|RACECHECK) SUMMARY: (\d+) \w+", done.stdout + done.stderr)
    if not found:
        tail = (done.stdout + done.stderr).strip().splitlines()[-1:]
        return f"it ended with {done.returncode} and no summary: {' '.join(tail)}", -1
    return f"{found[-1]} errors", int(found[-1]) or done.returncode
