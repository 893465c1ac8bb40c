"""Wheels built once a session, and fresh environments to install them into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCES = {"mocha_core": ".", "mocha_cpu": "plugins/mocha_cpu", "mocha_swish": "tests/thirdparty/mocha_swish"}
JUNK = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
BESIDES = {"tests", "plugins", "examples", "benchmarks", "docs", "runs", "shared"}


@dataclass(frozen=True)
class Environment:
    """A virtual environment, used from a folder away from the source tree."""

    folder: Path
    elsewhere: Path

    @property
    def bin(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: object) -> str:
        """Run a program of the environment; its output, or a failure that shows it."""
        return call([str(self.bin / str(command[0])), *map(str, command[1:])], self.elsewhere)

    def python(self, program: str) -> str:
        """Run Python code; warnings are errors."""
        return self.run("python", "-W", "error", "-c", program)


def call(command: list[str], cwd: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)[:300]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def copy_source(project: Path, to: Path) -> None:
    """What a wheel is built from; folders beside the package are left out, those within it are not."""

    def ignored(folder: str, names: list[str]) -> set[str]:
        return JUNK(folder, names) | (BESIDES & set(names) if Path(folder) == project else set())

    shutil.copytree(project, to, ignore=ignored)


@pytest.fixture(scope="session")
def wheels(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels by package, built by pip from copies of the sources, so that no old build product slips in."""
    copies, house = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheels")
    for package, source in SOURCES.items():
        copy_source(repository / source, copies / package)
    folders = [str(copies / package) for package in SOURCES]
    call([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(house), *folders], copies)
    return {package: next(house.glob(f"{package}-*.whl")) for package in SOURCES}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Environment]:
    """`environment("name", *requirements)`: a new virtual environment with these installed by pip."""

    def make(name: str, *requirements: object) -> Environment:
        folder, elsewhere = tmp_path_factory.mktemp(f"{name}-env"), tmp_path_factory.mktemp(f"{name}-cwd")
        call([sys.executable, "-m", "venv", str(folder)], elsewhere)
        made = Environment(folder, elsewhere)
        made.run("python", "-m", "pip", "install", "-q", *requirements)
        return made

    return make
