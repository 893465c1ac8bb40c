"""Statistics as a table."""

from __future__ import annotations

import csv
import glob
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..io.atomic import replacing, sweep
from ..io.line_log import LineLog, check_log, cut_lines
from .writer import Sink, Writer

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState

ITERATION = "iter"


class CSVWriter(Writer):
    """Writes what the lounge records into a table: a column `iter`, then one for each name; a row per iteration.

    path: the file; its folder is made. A resumed training removes what came after its snapshot and appends; a fresh one
    overwrites, with a warning. A name that first comes up later gets a new last column. What was not recorded at an
    iteration is left empty; numbers are exact.

    >>> from mocha_core import CSVWriter
    >>> CSVWriter("runs/log.csv").path.name
    'log.csv'
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.path = Path(path)

    def init(self, net: Net, state: SolverState) -> None:
        super().init(net, state)
        check_log(self.path, ITERATION.encode(), "CSVWriter")
        sweep(self.path.parent, glob.escape(self.path.name))

    def open(self, first: int) -> Sink:
        self.next = cut_lines(self.path, first, _iteration)
        return _Table(self.path)


class _Table(Sink):
    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = LineLog(path)
        with path.open(encoding="utf-8", newline="") as file:
            self._columns = next(csv.reader(file), [ITERATION])[1:]

    def log(self, iteration: int, values: Mapping[str, float]) -> None:
        if new := [name for name in values if name not in self._columns]:
            self._widen(new)
        cells = (repr(values[name]) if name in values else "" for name in self._columns)
        self._log.add(",".join((str(iteration), *cells)))

    def close(self) -> None:
        self._log.close()

    def _widen(self, new: list[str]) -> None:
        """Write the table again with more columns; it is there whole before and after."""
        self._log.close()
        self._columns += new
        with replacing(self.path) as unfinished:
            old, wide = self.path.open("rb"), unfinished.open("wb")
            with old, wide:
                old.readline()
                wide.write(_row([ITERATION, *self._columns]).encode() + b"\n")
                wide.writelines(line.rstrip(b"\n") + b"," * len(new) + b"\n" for line in old)
        self._log = LineLog(self.path)


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _iteration(line: bytes) -> int:
    """Of the heading: -1."""
    first = line.partition(b",")[0].strip()
    return -1 if first == ITERATION.encode() else int(first)
