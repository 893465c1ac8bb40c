"""The blocks of a page: Python is run, commands are run, files are written, and outputs are compared."""

from __future__ import annotations

import contextlib
import io
import itertools
import logging
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mocha_core.cli.main import main
from mocha_core.log import FORMAT, TIME, logger

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# (\S+\.\w+)\n")
"""A first line that names the file the reader is to write."""
NUMBER = re.compile(r"\d+\.\d+")
FAILS = ("mocha: ", "1 layer of unknown types")
"""How the output of a command begins that is shown because it fails."""


@dataclass(frozen=True, slots=True)
class Block:
    """kind: the word after the fence.   line: of its first line.   output: what is shown behind it."""

    kind: str
    text: str
    line: int
    output: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed, and what is shown of its output."""

    words: tuple[str, ...]
    shown: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the page shows it as an example of an error."""
        return any(line.startswith(FAILS) for line in self.shown)


def blocks_of(page: Path) -> Iterator[Block]:
    """Those that do something, in order; a `text` block is the output of the one before."""
    text = page.read_text(encoding="utf-8")
    found = [Block(m[1], m[2], text[: m.start()].count("\n") + 1) for m in BLOCK.finditer(text)]
    for block, after in itertools.pairwise([*found, Block("", "", 0)]):
        if block.kind != "text":
            yield Block(block.kind, block.text, block.line, after.text if after.kind == "text" else "")


def commands_of(block: Block) -> Iterator[Command]:
    """The lines that begin with `$ `, with the lines up to the next."""
    for part in block.text.split("$ ")[1:]:
        typed, *shown = part.splitlines()
        yield Command(tuple(shlex.split(typed)), tuple(shown))


def write_named(block: Block) -> None:
    """The file that the block names in its first line, if it does."""
    if named := NAMED.match(block.text):
        Path(named[1]).write_text(block.text, encoding="utf-8")


def run_python(page: Path, block: Block, names: dict[str, object]) -> str:
    """Execute a block; what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile("\n" * block.line + block.text, str(page), "exec", dont_inherit=True), names)
    return said.getvalue()


def run_command(words: tuple[str, ...]) -> tuple[int, str]:
    """Its status, and what it printed and logged."""
    if words[0] == "python":
        ended = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout + ended.stderr
    assert words[0] == "mocha", f"the page runs {words[0]}, which the test does not know"
    said = io.StringIO()
    log = _log_into(said) if "train" in words else contextlib.nullcontext()
    with log, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = main(words[1:])
        except SystemExit as error:
            status = int(error.code or 0)
    return status, said.getvalue()


def missing(shown: tuple[str, ...], said: str) -> str | None:
    """The first line that the page shows and the command did not say; None if there is none.

    `...` alone stands for any number of lines, in a line for any text; numbers may differ in their last digits.
    """
    lines, gap = said.splitlines(), False
    for line in shown:
        if line == "...":
            gap = True
            continue
        places = range(len(lines)) if gap else range(min(1, len(lines)))
        place = next((at for at in places if _same(line, lines[at])), None)
        if place is None:
            return line
        lines, gap = lines[place + 1 :], False
    return None


def _same(shown: str, said: str) -> bool:
    pattern = ".*".join(
        NUMBER.sub(r"(\\d+\\.\\d+)", re.escape(part).replace(r"\.", ".")) for part in shown.split("...")
    )
    found = re.fullmatch(pattern, said)
    numbers = [number for part in shown.split("...") for number in NUMBER.findall(part)]
    return found is not None and all(
        abs(float(one) - float(other)) <= 2.5 * 10.0 ** -len(one.partition(".")[2])
        for one, other in zip(numbers, found.groups(), strict=True)
    )


@contextlib.contextmanager
def _log_into(said: io.StringIO) -> Iterator[None]:
    """As the log of a training looks to somebody who configured nothing."""
    handler, level = logging.StreamHandler(said), logger.level
    handler.setFormatter(logging.Formatter(FORMAT, TIME))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
