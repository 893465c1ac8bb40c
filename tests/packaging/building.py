"""Environments and sources for tests that install packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

JUNK = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "*.so")
BESIDES = {"tests", "plugins", "examples", "benchmarks", "docs", "runs", "shared"}
SECONDS = 600
"""After which a program is stopped."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment, used from a folder away from the source tree."""

    folder: Path
    elsewhere: Path

    @property
    def bin(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def attempt(self, *command: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, which may fail; what it printed, errors too, is in `stdout`."""
        return attempt([str(self.bin / str(command[0])), *map(str, command[1:])], self.elsewhere, variables)

    def run(self, *command: object) -> str:
        """Run a program of the environment; its output, or a failure that shows it."""
        return call([str(self.bin / str(command[0])), *map(str, command[1:])], self.elsewhere)

    def python(self, program: str) -> str:
        """Run Python code; warnings are errors."""
        return self.run("python", "-W", "error", "-c", program)


def surroundings() -> dict[str, str]:
    """The environment variables, without those that would show a new interpreter the packages of this one."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))}


def attempt(command: list[str], cwd: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    env = surroundings() | dict(variables)
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, cwd=cwd, env=env, text=True, timeout=SECONDS, **both)


def call(command: list[str], cwd: Path, variables: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=surroundings() | dict(variables or {}), capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)[:300]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def copy_source(project: Path, to: Path) -> None:
    """What a wheel is built from; folders beside the package are left out, those within it are not."""

    def ignored(folder: str, names: list[str]) -> set[str]:
        return JUNK(folder, names) | (BESIDES & set(names) if Path(folder) == project else set())

    shutil.copytree(project, to, ignore=ignored)


def compiler() -> str:
    """A C compiler of this machine; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if found is None:
        pytest.skip("needs a C compiler: cc, gcc or clang")
    return found
