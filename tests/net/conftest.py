"""The backend that nets are tested on here: the layers' own mathematics, nothing fast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mocha_core.backend import Backend
from mocha_core.testing.backends import ReferenceBackend


@pytest.fixture
def backend() -> Iterator[Backend]:
    with ReferenceBackend(seed=5) as opened:
        yield opened
