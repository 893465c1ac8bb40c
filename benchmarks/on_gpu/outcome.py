"""What came out of a part, and how much time is left for the next ones."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

PASSED, FAILED, NOT_RUN, MEASURED = "passed", "failed", "not run", "measured"


@dataclass
class Outcome:
    """Lines of Markdown under a title, with a verdict."""

    title: str
    verdict: str
    lines: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def section(self) -> list[str]:
        """As a section of a file."""
        return [f"## {self.title}: {self.verdict}", "", *self.lines, "", f"({self.seconds:.0f} s)", ""]


@dataclass(frozen=True)
class Part:
    """A name for the command line, a title, and what to do with so many seconds at most."""

    name: str
    title: str
    seconds: float
    run: Callable[[float], tuple[str, list[str]]]


class Budget:
    """So many seconds for all parts together."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.end = clock, clock() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self.end - self.clock())

    def run(self, parts: Iterable[Part]) -> list[Outcome]:
        """One after the other. An error in one is its outcome; one that finds no time is not run."""
        return [self._run(part) for part in parts]

    def _run(self, part: Part) -> Outcome:
        began, allowed = self.clock(), min(part.seconds, self.left)
        if allowed <= 0:
            return Outcome(part.title, NOT_RUN, ["no time was left"])
        print(f"... {part.title} (at most {allowed:.0f} s)", flush=True)
        try:
            verdict, lines = part.run(allowed)
        except Exception:  # whatever it is, the other parts shall be told
            verdict, lines = FAILED, ["```", *traceback.format_exc().splitlines(), "```"]
        outcome = Outcome(part.title, verdict, lines, self.clock() - began)
        print("\n".join(outcome.section()), flush=True)
        return outcome
