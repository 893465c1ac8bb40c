"""The page that names a test for everything tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mocha_core import api
from mocha_core.coffee import Coffee
from mocha_core.layer import Layer
from mocha_core.solvers import SolverMethod

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coverage.md").read_text()
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE)))
INTERNAL = {"Layer", "Fused", "InputLayer", "NeuronLayer", "Coffee", "Writer", "SolverMethod", "DataLayer"}
"""Bases, and what nets make by themselves."""


@pytest.mark.parametrize("path", TESTS)
def test_the_named_test_exists(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("base", [Layer, Coffee, SolverMethod])
def test_nothing_public_is_missing(base: type) -> None:
    public = {n for n in api.__all__ if isinstance(v := getattr(api, n), type) and issubclass(v, base)}
    assert sorted(name for name in public - INTERNAL if not re.search(rf"\b{name}\b", PAGE)) == []


def test_every_old_bug_has_a_row() -> None:
    assert re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE) == [str(n) for n in range(1, 63)]
