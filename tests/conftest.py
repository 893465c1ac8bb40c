"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def temporary_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What backends measure is kept for the session, not in the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOCHA_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Data sets and reference values that are not in the project: $MOCHA_SHARED, or `shared` beside the checkout."""
    folder = Path(os.environ.get("MOCHA_SHARED", "") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no shared test data: {folder} does not exist; set MOCHA_SHARED to the folder that holds it")
    return folder
