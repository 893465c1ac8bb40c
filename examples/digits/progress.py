"""A coffee break that shows how training goes: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Any

from mocha_core import Coffee


class ShowProgress(Coffee):
    """Take it every iteration. `accuracy` names the statistic that a validation leaves in the lounge."""

    def __init__(self, total: int, accuracy: str, every: int = 50) -> None:
        self.total, self.accuracy, self.every = total, accuracy, every
        self.display: Any = None
        self.task: Any = None
        self.started = 0.0

    def init(self, net: Any, state: Any) -> None:
        self.started = time.perf_counter()
        self.display = live_display() if sys.stdout.isatty() else None
        if self.display is not None:
            self.display.start()
            self.task = self.display.add_task("", total=self.total, completed=state.iter)

    def enjoy(self, lounge: Any, net: Any, state: Any) -> None:
        lounge.update_statistics("obj_val", state.obj_val)
        if self.display is not None:
            self.display.update(self.task, completed=state.iter, description=self.line(lounge, state))
        elif state.iter % self.every == 0:
            seconds = time.perf_counter() - self.started
            print(f"{state.iter:5d}/{self.total}  {seconds:5.1f} s  {self.line(lounge, state)}", flush=True)

    def destroy(self, net: Any) -> None:
        if self.display is not None:
            self.display.stop()

    def line(self, lounge: Any, state: Any) -> str:
        """The objective, and the test accuracy as of the last validation."""
        known = lounge.get_statistics(self.accuracy)
        accuracy = f"{known[max(known)]:.2%}" if known else "  ...  "
        return f"objective {state.obj_val:.4f}  test accuracy {accuracy}"


def live_display() -> Any:
    """A progress bar of the package rich, or None where that is not installed."""
    with suppress(ImportError):
        from rich import progress

        parts = (progress.BarColumn(), progress.MofNCompleteColumn(), progress.TimeElapsedColumn())
        return progress.Progress(*parts, progress.TextColumn("{task.description}"))
    return None
