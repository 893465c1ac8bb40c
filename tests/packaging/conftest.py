"""Wheels built once a session, and fresh environments to install them into."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .building import Environment, call, copy_source

SOURCES = {"mocha_core": ".", "mocha_cpu": "plugins/mocha_cpu", "mocha_swish": "tests/thirdparty/mocha_swish"}


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
