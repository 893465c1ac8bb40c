"""The test classes that the documentation shows pass, as their authors would run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .test_code_blocks import BLOCK, ROOT, WITH_CODE

PAGES = [page for page in WITH_CODE if "class Test" in "".join(BLOCK.findall(page.read_text()))]
WHOLE_BACKEND = "TestMine"
"""Another file runs that one: tests/conformance/test_strict.py."""


def test_some_pages_have_suites() -> None:
    assert {page.name for page in PAGES} >= {"testing.md", "write-a-layer.md", "solvers.md", "data.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_they_pass(page: Path, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_page.py").write_text("\n".join(BLOCK.findall(page.read_text())))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"not {WHOLE_BACKEND}"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
