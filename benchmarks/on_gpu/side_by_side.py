"""All contests, each in a process of its own, and the table of their results."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from peers.rounds import Ratio
from peers.tables import table

from .contest import MARK
from .contests import CONTESTS, MOCHA, MODES, TINY, GpuContest
from .outcome import FAILED, MEASURED
from .setting import Setting

HEAD = (
    "net, batch",
    "ours, steps/s",
    "must / aim",
    "best rival, steps/s",
    "ratio (quartiles)",
    "must / aim",
    "GB/s (share)",
    "TFLOP/s (share)",
    "peak MiB, ours / best rival",
)

SHARES = {"lenet": 0.12, "cifar10_full": 0.15, "dropout_mlp": 0.13, "caffenet": 0.25, "resnet50": 0.35}
"""Of the time for all contests; the large nets take long to compile."""

PATIENCE = 0.9
"""The part of its time after which a process begins nothing new; then it is ended."""


@dataclass(frozen=True)
class Held:
    """A contest and the last that its process told."""

    contest: GpuContest
    known: dict[str, Any]

    def rate(self, name: str) -> float:
        """Steps a second."""
        return 1 / statistics.median(self.known["times"][name])

    @property
    def rivals(self) -> list[str]:
        return [name for name in self.known["times"] if name != MOCHA]

    def row(self) -> tuple[str, ...]:
        """Of the table under `HEAD`."""
        contest, rate, peaks = self.contest, self.rate(MOCHA), self.known["peaks"]
        best = max(self.rivals, key=self.rate, default=None)
        work, power = self.known["work"], self.known["power"]
        moved, done = rate * work["nbytes"], rate * work["flops"]
        return (
            contest.label,
            f"{rate:,.0f}",
            _limits(rate, contest.must, contest.aim),
            f"{self.rate(best):,.0f} ({best})" if best else "-",
            *self._ratio(),
            f"{moved / 1e9:.0f} ({moved / power['bandwidth']:.0%})",
            f"{done / 1e12:.2f} ({done / power['flops']:.0%})",
            f"{peaks[MOCHA] / 2**20:.0f} / {peaks[best] / 2**20:.0f}" if best else f"{peaks[MOCHA] / 2**20:.0f} / -",
        )

    def lines(self) -> list[str]:
        """Everybody's median, fastest and slowest round, and who did not take part."""
        rows = [f"{self.contest.label}: {self.known['device']}"]
        for name, times in self.known["times"].items():
            rates = [1 / each for each in times]
            rows.append(f"  {name:14} {self.rate(name):10.1f} steps/s   ({min(rates):.1f} .. {max(rates):.1f})")
        told = self.known["failed"]
        absent = {mode: told.get(mode, "its time was over") for mode in MODES if mode not in self.known["times"]}
        return rows + [f"  {mode:14} not measured: {why}" for mode, why in absent.items()]

    def _ratio(self) -> tuple[str, str]:
        """How many of our steps go to one of the best rival's of the same round."""
        if not self.rivals:
            return "-", "-"
        times = self.known["times"]
        best = [1 / min(each) for each in zip(*(times[name] for name in self.rivals), strict=True)]
        ratio = Ratio.of([1 / each for each in times[MOCHA]], [best])
        return str(ratio), _limits(ratio.median, *self.contest.over)


def side_by_side(
    setting: Setting, seconds: float, nets: Sequence[str], child: Callable[[str, float], list[str]]
) -> tuple[str, list[str]]:
    """child: the command of the process for a net, with the seconds that it has."""
    chosen = [each for each in (TINY if setting.dry else CONTESTS) if not nets or each.net in nets]
    shares = {each.net: SHARES.get(each.net, 0.2) for each in chosen}
    held, lines = list[Held](), list[str]()
    for contest in chosen:
        allowed = seconds * shares[contest.net] / sum(shares.values())
        known, trouble = _told(child(contest.net, PATIENCE * allowed), allowed)
        if known is None:
            lines.append(f"{contest.label}: {trouble}")
        else:
            held.append(Held(contest, known))
            lines += held[-1].lines()
    verdict = MEASURED if len(held) == len(chosen) else FAILED
    return verdict, [*table(HEAD, [each.row() for each in held]), "", "```", *lines, "```"]


def _told(command: Sequence[str], seconds: float) -> tuple[dict[str, Any] | None, str]:
    """The last result of a process that is ended when its time is over; or the last line that it left."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, start_new_session=True, **pipes) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its children too: PyTorch's compiling ones hold the pipe
            output, _ = process.communicate()
    for line in reversed(output.splitlines()):
        with contextlib.suppress(json.JSONDecodeError):  # the process may have been ended in the middle of a line
            if line.startswith(MARK):
                return json.loads(line.removeprefix(MARK)), ""
    return None, f"no result within {seconds:.0f} s; it said last: {' '.join(output.strip().splitlines()[-1:])}"


def _limits(value: float, must: float, aim: float) -> str:
    if not must:
        return "-"
    return f"{must:,g} / {aim:,g}: {'aim met' if value >= aim else 'met' if value >= must else 'missed'}"
