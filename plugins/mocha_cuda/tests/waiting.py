"""The list in docs/cuda.md of kernels that no GPU has run yet.

`python plugins/mocha_cuda/tests/waiting.py` writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from mocha_cuda.device.texts import SOURCES, entries, text_of

PAGE = Path(__file__).parents[3] / "docs" / "cuda.md"
BEGIN, END = "<!-- kernels -->\n", "<!-- end of kernels -->"
RUN: frozenset[tuple[str, str]] = frozenset()
"""Source and entry point of what a GPU has run, as benchmarks/results/ says."""


def listing() -> str:
    """One row for each source that has something to wait for."""
    rows = ["| source | entry points |", "|---|---|"]
    for path in sorted(SOURCES.glob("*.cu")):
        names = [f"`{name}`" for name in entries(text_of(path.stem)) if (path.stem, name) not in RUN]
        rows += [f"| `{path.name}` | {', '.join(names)} |"] if names else []
    return "\n".join(rows) + "\n"


def written(page: str) -> str:
    """The page with the list as it should be."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + listing() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
