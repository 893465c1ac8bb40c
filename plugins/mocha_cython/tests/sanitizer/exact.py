"""A plugin of pytest for the sanitizer's run: the backend's arrays lie on the heap, each of exactly its size."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def exact_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this an array has room behind it, up to a cache line, and large ones are not on the heap at all."""
    monkeypatch.setattr("mocha_cpu.backend.aligned_bytes", lambda count: np.empty(count, np.uint8))
