"""Statistics as JSON lines."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..io.line_log import LineLog, check_log, cut_lines
from .writer import Sink, Writer

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState

BEGINNING = b'{"iter": '


class JSONLinesWriter(Writer):
    """Writes what the lounge records into a file of lines such as `{"iter": 100, "obj_val": 0.436}`.

    path: the file; its folder is made. A resumed training removes what came after its snapshot and appends; a fresh one
    overwrites, with a warning. Numbers are exact; NaN and infinity, which JSON has not, are null.

    >>> from mocha_core import JSONLinesWriter
    >>> JSONLinesWriter("runs/log.jsonl").path.name
    'log.jsonl'
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.path = Path(path)

    def init(self, net: Net, state: SolverState) -> None:
        super().init(net, state)
        check_log(self.path, BEGINNING, "JSONLinesWriter")

    def open(self, first: int) -> Sink:
        self.next = cut_lines(self.path, first, _iteration)
        return _JSONLines(self.path)


class _JSONLines(Sink):
    def __init__(self, path: Path) -> None:
        self._log = LineLog(path)

    def log(self, iteration: int, values: Mapping[str, float]) -> None:
        numbers = {name: value if math.isfinite(value) else None for name, value in values.items()}
        self._log.add(json.dumps({"iter": iteration, **numbers}))

    def close(self) -> None:
        self._log.close()


def _iteration(line: bytes) -> int:
    record = json.loads(line)
    if not isinstance(record, dict) or not isinstance(record.get("iter"), int):
        raise ValueError("no line of this log")
    return int(record["iter"])
