"""Without compiled kernels the folder is left out; measured choices are kept in a temporary folder, not the user's."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

MISSING = find_spec("mocha_cython") is None
collect_ignore_glob = ["*"] if MISSING else []


def pytest_report_header() -> list[str]:
    return ["mocha-cython is not installed (no C compiler?): its tests are left out"] if MISSING else []


@pytest.fixture(scope="session", autouse=True)
def temporary_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from mocha_core.io.cache_folder import CACHE

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def small_chains_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains of little work, too."""
    from mocha_cython import chains

    monkeypatch.setattr(chains, "LEAST", 1)
