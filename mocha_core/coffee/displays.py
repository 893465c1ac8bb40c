"""Ways to show how far a training is: plain lines, a bar on a terminal, a line that changes in a notebook."""

from __future__ import annotations

import importlib
import math
import sys
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any


class Display(ABC):
    """Where progress is shown, at most every `pause` seconds."""

    pause: float

    @abstractmethod
    def show(self, done: int, text: str) -> None:
        """So many updates are done; `text` has the numbers."""

    def close(self) -> None:  # noqa: B027 (most displays hold nothing)
        """Leave the last state on display."""


class Lines(Display):
    """A line of text every so many seconds, for files and pipes."""

    def __init__(self, total: float, done: int, pause: float) -> None:
        self.pause = pause
        self._speed = _Speed(total, done)

    def show(self, done: int, text: str) -> None:
        print(self._speed.line(done, text), flush=True)


class Notebook(Display):
    """One output of a notebook cell that is replaced, at most twice a second: notebooks keep what they are sent."""

    pause = 0.5

    def __init__(self, total: float, done: int) -> None:
        self._speed = _Speed(total, done)
        output = importlib.import_module("IPython.display")
        self._handle: Any = output.display(self._content(done, ""), raw=True, display_id=True)

    def show(self, done: int, text: str) -> None:
        self._handle.update(self._content(done, text), raw=True)

    def _content(self, done: int, text: str) -> dict[str, str]:
        return {"text/plain": self._speed.line(done, text)}


class Bar(Display):
    """A bar of the package rich; log lines appear above it."""

    pause = 0.1

    def __init__(self, total: float, done: int) -> None:
        from rich import console, progress

        parts = (progress.BarColumn(), progress.MofNCompleteColumn(), progress.TimeRemainingColumn())
        text = progress.TextColumn("{task.description}", markup=False)
        self._progress = progress.Progress(*parts, text, console=console.Console())
        self._task = self._progress.add_task("", total=total if math.isfinite(total) else None, completed=done)
        self._progress.start()

    def show(self, done: int, text: str) -> None:
        self._progress.update(self._task, completed=done, description=text)

    def close(self) -> None:
        self._progress.stop()


def choose(total: float, done: int, seconds: float) -> Display:
    """What fits where standard output goes."""
    if _in_notebook():
        return Notebook(total, done)
    if sys.stdout.isatty():
        with suppress(ImportError):  # without rich, lines do
            return Bar(total, done)
    return Lines(total, done, seconds)


class _Speed:
    def __init__(self, total: float, done: int) -> None:
        self.total, self.first, self.began = total, done, time.monotonic()

    def line(self, done: int, text: str) -> str:
        """`  120/1000  23.1/s  obj_val 0.4361`, for the updates since the training began or was resumed."""
        seconds = time.monotonic() - self.began
        speed = (done - self.first) / seconds if seconds > 0 else 0.0
        total = f"/{self.total:.0f}" if math.isfinite(self.total) else ""
        return f"{done:{max(6, len(total) - 1)}d}{total}  {speed:6.1f}/s  {text}"


def _in_notebook() -> bool:
    """Whether this is the kernel of a notebook; IPython is not imported for it."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and "IPKernelApp" in shell.config
