"""Importing the package costs nothing: no CuPy, no compiler, no look at the machine."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import mocha_cuda
heavy = "cupy", "cupyx", "cuda", "subprocess", "mocha_cuda.simulation", "mocha_cuda.device.cupy_device"
print([name for name in heavy if name in sys.modules])
"""


def test_nothing_heavy_is_imported():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
