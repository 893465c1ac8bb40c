"""`import mocha_core` is free: quick, and of nothing that is optional."""

from __future__ import annotations

import subprocess
import sys

import pytest

BUDGET = 0.120
"""Seconds; with NumPy, whose import is the larger part."""

TIMED = "import time; t = time.perf_counter(); import mocha_core; print(time.perf_counter() - t)"
LISTED = "import sys, mocha_core; print(*{name.partition('.')[0] for name in sys.modules})"
GUARDED = """
from importlib import metadata
def refuse(*args, **options):
    raise SystemExit("import mocha_core read the metadata of installed packages")
metadata.entry_points = metadata.distributions = metadata.distribution = refuse
metadata.Distribution.discover = metadata.MetadataPathFinder.find_distributions = refuse
import mocha_core
print("read nothing")
"""
OPTIONAL = {"h5py", "matplotlib", "rich", "sklearn", "hypothesis", "pytest", "array_api_strict", "cupy", "torch"}


def child(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_import_is_quick():
    assert min(float(child(TIMED)) for _ in range(7)) < BUDGET


def test_import_brings_in_no_plugin_and_nothing_optional():
    tops = set(child(LISTED).split())
    assert "mocha_core" in tops
    assert not tops & OPTIONAL
    assert {name for name in tops if name.startswith("mocha")} == {"mocha_core"}


def test_import_reads_no_entry_point():
    assert child(GUARDED) == "read nothing\n"


@pytest.mark.parametrize("module", ["mocha_cython", "mocha_cuda", "mocha_caffe"])
def test_members_import_nothing_heavy(module):
    tops = set(child(LISTED.replace("mocha_core", module)).split())
    assert not tops & OPTIONAL
