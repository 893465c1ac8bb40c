"""The process and the machine: a clean environment before anything is imported, and a line that says what it is."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

CRIPPLING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""They make every OpenBLAS use kernels of an older processor."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
PACKAGES = ("mocha-core", "mocha-cpu", "mocha-cython", "numpy", "torch", "onnxruntime")
ROOT = Path(__file__).parents[2]


def clean_environment(threads: int) -> dict[str, str]:
    """The environment that figures are taken in."""
    kept = {name: value for name, value in os.environ.items() if name not in CRIPPLING}
    return kept | dict.fromkeys(THREADS, str(threads))


def start_clean(threads: int) -> None:
    """Start this program anew, once, if the environment is another; libraries read it when they are loaded."""
    wanted = clean_environment(threads)
    if wanted == dict(os.environ):
        return
    unset = [name for name in CRIPPLING if name in os.environ]
    if unset:
        print(f"{' and '.join(unset)} would slow down OpenBLAS: starting again without", file=sys.stderr, flush=True)
    os.execve(sys.executable, [sys.executable, *sys.argv], wanted)


def describe(threads: int, commit: str = "") -> str:
    """Date, commit, machine, versions."""
    machine = f"{_processor()}, {os.cpu_count()} processors{_load()}, {threads} threads"
    versions = ", ".join((f"Python {platform.python_version()}", *_versions()))
    return f"{date.today()}, commit {commit or git_commit()}; {machine}; {versions}"


def _versions() -> Sequence[str]:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def git_commit() -> str:
    """Of the checkout, in short."""
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return git.stdout.strip() or "unknown"


def _load() -> str:
    """How many processes wanted to run in the last minute: 0 where nobody else is at work."""
    return f" (load {os.getloadavg()[0]:.1f} at the start)" if sys.platform != "win32" else ""


def _processor() -> str:
    """The processor's name, and the widest vectors it has."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    about = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    widest = next((isa for isa in ("avx512f", "avx2") if isa in about.get("flags", "").split()), "")
    return " ".join(filter(None, (about.get("model name", platform.processor() or platform.machine()), widest)))
