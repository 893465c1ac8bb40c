"""Results as text and as rows of a table."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from .contests import CAFFE_MUST, MOCHA, NO_UPDATE, ONNX, Contest
from .rounds import Ratio, Times

HEAD = (
    "net, batch",
    "task",
    "ours, ms",
    "best rival, ms",
    "ratio (quartiles)",
    "must",
    "aim",
    "ONNX Runtime, ms",
    "ratio",
    "Caffe, ms",
    f"ratio (must be {CAFFE_MUST})",
)


@dataclass(frozen=True)
class Result:
    """A contest and the times of all who took part."""

    contest: Contest
    times: Times

    def median(self, name: str) -> float:
        return statistics.median(self.times[name])

    @property
    def rivals(self) -> list[str]:
        """Those whose best counts."""
        return [name for name in self.times if name.partition(" ")[0] in self.contest.rivals]

    @property
    def ratio(self) -> Ratio:
        """Ours over the best rival's, round by round."""
        return Ratio.of(self.times[MOCHA], [self.times[name] for name in self.rivals])

    def row(self) -> tuple[str, ...]:
        """Of the table under `HEAD`."""
        contest, best = self.contest, min(self.rivals, key=self.median)
        verdict = "met" if self.ratio.median <= contest.must else "missed"
        return (
            contest.label,
            contest.task,
            f"{1e3 * self.median(MOCHA):.2f}",
            f"{1e3 * self.median(best):.2f} ({best})",
            str(self.ratio),
            f"{contest.must} {verdict}",
            f"{contest.aim}" if contest.aim else "-",
            *self._onnx(),
            *self._caffe(),
        )

    def lines(self) -> Iterator[str]:
        """Everybody's median, fastest and slowest round."""
        yield f"{self.contest.label}, {self.contest.task}"
        for name, seconds in self.times.items():
            low, high = 1e3 * min(seconds), 1e3 * max(seconds)
            yield f"  {name:20} {1e3 * self.median(name):9.3f} ms   ({low:.3f} .. {high:.3f})"
        limits = f"must {self.contest.must}, aim {self.contest.aim or '-'}"
        yield f"  mocha / best rival of each round: {self.ratio}; {limits}"

    def _onnx(self) -> tuple[str, str]:
        if ONNX not in self.times:
            return "-", "-"
        return f"{1e3 * self.median(ONNX):.2f}", str(Ratio.of(self.times[MOCHA], [self.times[ONNX]]))

    def _caffe(self) -> tuple[str, str]:
        """Forward and backward without update, over Caffe's usual figure and over its best one."""
        best, usual = self.contest.caffe
        if NO_UPDATE not in self.times:
            return "-", "-"
        mine = 1e3 * self.median(NO_UPDATE)
        return f"{usual:g} (best {best:g})", f"{mine / usual:.2f} (to its best {mine / best:.2f})"
