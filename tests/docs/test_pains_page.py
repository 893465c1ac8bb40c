"""The page on what breaks in converting Caffe's models names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "caffe-pains.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:C|tests|plugins)/[\w/]+\.py::\w+)`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| what breaks")]


@cache
def names_in(path: Path) -> frozenset[str]:
    """Names of the test functions of a file, also those in classes."""
    found = ast.walk(ast.parse(path.read_text()))
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize("named", NAMED)
def test_the_named_test_exists(named: str) -> None:
    file, _, name = named.partition("::")
    path = ROOT / re.sub("^C/", "plugins/mocha_caffe/tests/", file)
    assert path.is_file()
    assert name in names_in(path)


def test_every_row_names_a_test() -> None:
    assert len(ROWS) > 60
    assert [row for row in ROWS if "::test_" not in row.rpartition(" | ")[2]] == []
