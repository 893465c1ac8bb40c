"""Fake distributions on `sys.path`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mocha_core import plugins
from tests.plugins.fakes import write_distribution

Install = Callable[..., None]


@pytest.fixture
def fresh_scan() -> Iterator[None]:
    """The loader forgets before and after what it saw."""
    plugins.forget()
    yield
    plugins.forget()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_scan: None) -> Iterator[Install]:
    """`install("name", "1.0", entries={group: {name: value}}, modules={name: source})`, undone after the test."""
    known = set(sys.modules)

    def install(name: str, version: str = "1.0", **parts: object) -> None:
        root = write_distribution(tmp_path, name, version, **parts)  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "path", [str(root), *sys.path])
        importlib.invalidate_caches()
        plugins.forget()

    yield install
    for module in set(sys.modules) - known:
        if tmp_path in Path(getattr(sys.modules[module], "__file__", None) or "/").parents:
            del sys.modules[module]


@pytest.fixture
def only_fakes(monkeypatch: pytest.MonkeyPatch, fresh_scan: None) -> None:
    """No real distribution can be seen, as in an environment where nothing is installed."""
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not list(Path(p or ".").glob("*mocha*-info"))])
