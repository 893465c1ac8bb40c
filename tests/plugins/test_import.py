"""`import mocha_core` is free: quick, and of nothing that is optional.

Public names are loaded when the first is asked for, so each test asks for one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BUDGETS = {"import mocha_core": 0.120, "from mocha_core import *": 0.250}
"""Seconds of processor time, every module compiled before; a large part of the second is the import of NumPy."""

TRIES = 20
"""One quick import proves that it can be quick; other work on the machine only ever adds time."""

TIMED = "import time; t = time.process_time(); {}; print(time.process_time() - t)"
LISTED = "import sys, mocha_core; mocha_core.Net; print(*{name.partition('.')[0] for name in sys.modules})"
GUARDED = """
from importlib import metadata
def refuse(*args, **options):
    raise SystemExit("import mocha_core read the metadata of installed packages")
metadata.entry_points = metadata.distributions = metadata.distribution = refuse
metadata.Distribution.discover = metadata.MetadataPathFinder.find_distributions = refuse
import mocha_core
mocha_core.Net
print("read nothing")
"""
OPTIONAL = {
    "h5py",
    "matplotlib",
    "rich",
    "sklearn",
    "hypothesis",
    "pytest",
    "array_api_strict",
    "cupy",
    "torch",
    "onnx",
    "onnxruntime",
}


def child(code: str, cache: Path | None = None) -> str:
    """What a fresh interpreter prints; `cache` is where it keeps compiled modules."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if cache is not None:
        env["PYTHONPYCACHEPREFIX"] = str(cache)
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=env).stdout


@pytest.mark.parametrize("line", BUDGETS)
def test_import_is_quick(line, tmp_path):
    child(TIMED.format(line), tmp_path)
    assert any(float(child(TIMED.format(line), tmp_path)) < BUDGETS[line] for _ in range(TRIES))


def test_import_brings_in_no_plugin_and_nothing_optional():
    tops = set(child(LISTED).split())
    assert "mocha_core" in tops
    assert not tops & OPTIONAL
    assert {name for name in tops if name.startswith("mocha")} == {"mocha_core"}


def test_import_reads_no_entry_point():
    assert child(GUARDED) == "read nothing\n"


@pytest.mark.parametrize("module", ["mocha_cython", "mocha_cuda", "mocha_caffe", "mocha_onnx"])
def test_members_import_nothing_heavy(module):
    pytest.importorskip(module, reason=f"{module} is not installed; mocha_cython is only where a C compiler is")
    tops = set(child(LISTED.replace("mocha_core; mocha_core.Net", module)).split())
    assert not tops & OPTIONAL
