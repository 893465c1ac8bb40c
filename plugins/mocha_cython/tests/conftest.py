"""Measured choices of these tests are kept in a temporary folder, never in the user's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocha_cython.tuning.folder import CACHE


@pytest.fixture(scope="session", autouse=True)
def temporary_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(tmp_path_factory.mktemp("cache")))
        yield
