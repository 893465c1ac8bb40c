"""What measured times hold for: this processor, with this many threads, and these versions of the kernels."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..machine import LEVELS

Fingerprint: TypeAlias = dict[str, str | int]

CPUINFO = Path("/proc/cpuinfo")


def fingerprint(level: int, threads: int) -> Fingerprint:
    """Processor, instruction set, threads, versions; equal where measured times can be used again."""
    return {
        "processor": processor(),
        "isa": LEVELS[level],
        "threads": threads,
        "mocha-cython": importlib.metadata.version("mocha-cython"),
        "numpy": np.__version__,
        "build": build(),
    }


def name_of(machine: Fingerprint) -> str:
    """A short name for a file."""
    return _digest(sorted(machine.items()))


@functools.cache
def processor() -> str:
    """The model, as far as it can be known without starting another program."""
    try:
        with CPUINFO.open() as file:
            lines = file.read(4096).splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else os.environ.get("PROCESSOR_IDENTIFIER") or platform.machine()


@functools.cache
def build() -> str:
    """Which build of the compiled modules this is: their sizes and dates, for reading them would take milliseconds."""
    package = Path(__file__).parents[1]
    files = sorted((*package.glob("_*.so"), *package.glob("_*.pyd")))
    told = [(path.name, status.st_size, status.st_mtime_ns) for path in files for status in [path.stat()]]
    return _digest(told)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
