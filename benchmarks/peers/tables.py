"""Markdown: tables, and sections of a file of results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def add_section(path: Path, title: str, about: str, lines: Sequence[str]) -> None:
    """Write a section at the end of a Markdown file, which is made if there is none."""
    before = path.read_text().rstrip() + "\n\n" if path.is_file() else ""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + "\n".join([f"# {title}", "", about, "", *lines]) + "\n")
