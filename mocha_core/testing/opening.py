"""Backends for tests, opened once."""

from __future__ import annotations

from functools import lru_cache

import pytest

from ..backend import Backend
from ..plugins import load
from .backends import ReferenceBackend, StrictBackend

BackendName = str | type[Backend]
"""A name ("reference", "strict" or that of an installed backend), or the class itself."""

OWN: dict[str, type[Backend]] = {cls.name: cls for cls in (ReferenceBackend, StrictBackend)}


def backend_class(backend: BackendName) -> type[Backend]:
    """The class behind a name."""
    if isinstance(backend, type):
        return backend
    found: type[Backend] = OWN[backend] if backend in OWN else load("mocha.backends", backend)
    return found


def name_of(backend: BackendName) -> str:
    """The name behind a class; loads nothing."""
    return backend.name if isinstance(backend, type) else backend


@lru_cache
def opened(backend: BackendName) -> Backend:
    """The backend, one for the whole run; the test is skipped, with the reason, where it cannot work."""
    cls = backend_class(backend)
    reason = cls.unusable()
    if reason:
        pytest.skip(f"backend {cls.name!r}: {reason}")
    return cls()
