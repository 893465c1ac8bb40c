"""The core names no backend."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BACKENDS = sorted(
    name
    for file in ROOT.glob("plugins/*/pyproject.toml")
    for name in tomllib.loads(file.read_text())["project"].get("entry-points", {}).get("mocha.backends", {})
)


def mentions(name: str, text: str) -> list[str]:
    """Lines that hold the name as a word or a part of an identifier; `os.cpu_count` is no mention."""
    word = re.compile(rf"(?<![A-Za-z])({name}(?![a-z])(?!_count)|{name.capitalize()}(?![a-z]))")
    return [line for line in text.splitlines() if word.search(line)]


def test_there_are_backends_to_look_for():
    assert len(BACKENDS) >= 3


@pytest.mark.parametrize("name", BACKENDS)
def test_core_sources_do_not_name(name):
    found = {
        str(file.relative_to(ROOT)): lines
        for file in sorted((ROOT / "mocha_core").rglob("*.py"))
        if (lines := mentions(name, file.read_text()))
    }
    assert not found


@pytest.mark.parametrize("text", ["DefaultBackend('abc')", "import mocha_abc", "AbcBackend()", "# only for abc"])
def test_a_mention_is_found(text):
    assert mentions("abc", text)


@pytest.mark.parametrize("text", ["os.abc_count()", "abcdef", "an ABC"])
def test_other_words_are_no_mention(text):
    assert not mentions("abc", text)
