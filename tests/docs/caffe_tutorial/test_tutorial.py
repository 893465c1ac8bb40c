"""docs/open-your-old-caffe-model.md from top to bottom: every command and every block of Python, in one folder.

With the real models and their real outputs where they are, and always with small models of the same names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mocha_caffe.translate import forget

from .blocks import Block, blocks_of, commands_of, missing, run_command, run_python, write_named
from .files import made, real

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "open-your-old-caffe-model.md"
NEEDED = ("PIL", "lmdb", "mocha_onnx", "onnxruntime")
KINDS = {"python", "console", "protobuf", "sh"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The reader's; what the page registers is forgotten again."""
    for package in NEEDED:
        pytest.importorskip(package, reason=f"the tutorial needs {package}: pip install -e '.[dev]' has it")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    forget("Halftone")


def test_with_the_real_models(folder: Path, shared: Path) -> None:
    real(folder, shared)
    _follow(compare=True)


def test_with_small_models(folder: Path) -> None:
    made(folder)
    _follow(compare=False)


def test_every_block_is_of_a_kind_that_is_run() -> None:
    assert {block.kind for block in blocks_of(PAGE)} == KINDS
    assert all(block.output for block in blocks_of(PAGE) if "print(" in block.text)


def test_what_is_to_be_installed_exists() -> None:
    distributions = {}
    for file in (ROOT / "pyproject.toml", *ROOT.glob("plugins/*/pyproject.toml")):
        project = tomllib.loads(file.read_text())["project"]
        distributions[project["name"]] = {*project.get("optional-dependencies", ())}
    text = PAGE.read_text()
    wanted = re.findall(r'pip install "(mocha-\w+)\[([\w,]+)\]"', text)
    assert len(wanted) == text.count('pip install "')
    for name, extras in wanted:
        assert set(extras.split(",")) <= distributions[name], name
    folders = re.findall(r"-e (plugins/\w+)", text)
    assert len(folders) >= 3
    assert all((ROOT / path / "pyproject.toml").exists() for path in folders)


@pytest.mark.parametrize(
    ("shown", "said", "lacking"),
    [
        (("a", "b"), "a\nb\nc", None),
        (("a", "c"), "a\nb\nc", "c"),
        (("a", "...", "c"), "a\nb\nc", None),
        (("a ... c",), "a b c", None),
        (("0.23 cat",), "0.24 cat", None),
        (("0.23 cat",), "0.27 cat", "0.23 cat"),
        (("...", "b", "a"), "a\nb", "a"),
        (("a",), "", "a"),
    ],
)
def test_outputs_are_compared(shown: tuple[str, ...], said: str, lacking: str | None) -> None:
    assert missing(shown, said) == lacking


def _follow(compare: bool) -> None:
    names: dict[str, object] = {"__name__": "tutorial"}
    for block in blocks_of(PAGE):
        write_named(block)
        if block.kind == "python":
            said = run_python(PAGE, block, names)
            lacking = missing(tuple(block.output.splitlines()), said) if compare else None
            assert lacking is None, f"{PAGE.name}:{block.line} shows {lacking!r}, and printed was:\n{said}"
        elif block.kind == "console":
            _type(block, compare)


def _type(block: Block, compare: bool) -> None:
    """Run the commands of a block."""
    for command in commands_of(block):
        typed = " ".join(command.words)
        status, said = run_command(command.words)
        assert (status != 0) == command.fails, f"{PAGE.name}:{block.line}: {typed} ended with {status}:\n{said}"
        lacking = missing(command.shown, said) if compare else None
        assert lacking is None, f"{PAGE.name}:{block.line}: {typed} is shown with {lacking!r}, and it said:\n{said}"
