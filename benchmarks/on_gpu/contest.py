"""One contest in a process of its own: it tells what it knows as soon as it knows it, in lines of JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from peers.rounds import Pace

from .contests import CONTESTS, MOCHA, MODES, TINY, GpuContest
from .figures import power, step_work
from .runners import OurRunner, Runner, seconds_per_step
from .setting import Setting

MARK = "RESULT "
"""Before each line that is for the parent."""

PACE, QUICK = Pace(rounds=7, repeats=3, pause=0.0, warmup=1), Pace(rounds=3, repeats=1, pause=0.0, warmup=1)

ENOUGH = 0.15
"""The part of the time below which no further contestant is begun."""


def contest_of(setting: Setting, net: str) -> GpuContest:
    return next(each for each in (TINY if setting.dry else CONTESTS) if each.net == net)


def hold(setting: Setting, contest: GpuContest, seconds: float, tell: Callable[[str], None]) -> None:
    """Ours alone first, then with one rival more at a time; each time all take turns."""
    end = time.monotonic() + seconds
    able = power(setting)
    ours = OurRunner(setting, contest.net, contest.batch)
    known = {"work": asdict(step_work(ours.net)), "power": asdict(able)}
    known |= {"device": setting.facts(ours.backend), "loss": ours.net.objective(), "peaks": {}, "failed": {}}
    runners: dict[str, Runner] = {MOCHA: ours}
    _round(runners, known, setting, tell)
    for mode in MODES:
        if end - time.monotonic() < ENOUGH * seconds:
            known["failed"][mode] = "no time was left"
            continue
        try:
            runners[mode] = _rival(setting, ours, contest, mode)
        except Exception as error:  # the others go on
            known["failed"][mode] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]
            continue
        _round(runners, known, setting, tell)
    tell(MARK + json.dumps(known))
    for runner in runners.values():
        runner.close()


def _rival(setting: Setting, ours: OurRunner, contest: GpuContest, mode: str) -> Runner:
    if setting.dry:
        from . import stand_ins as rivals
    else:
        from . import torch_runners as rivals
    rival = rivals.make(contest.net, mode, ours.ours.x, ours.first, setting.math)
    if not setting.dry and mode == MODES[0]:
        _check_same(ours, rival, setting)
    rival.run(1)
    return rival


def _round(runners: dict[str, Runner], known: dict[str, object], setting: Setting, tell: Callable[[str], None]) -> None:
    known["times"] = seconds_per_step(runners, QUICK if setting.dry else PACE)
    known["peaks"] = {name: runner.peak_bytes() for name, runner in runners.items()}
    tell(MARK + json.dumps(known))


def _check_same(ours: OurRunner, rival: object, setting: Setting) -> None:
    """It is no contest if they do not compute the same."""
    mine, theirs = ours.first_scores, rival.first_scores  # type: ignore[attr-defined]
    apart = float(np.abs(mine - theirs).max() / np.abs(theirs).max())
    if not apart < (1e-3 if setting.math == "float32" else 5e-2):
        raise ValueError(f"with the same parameters, Mocha and PyTorch differ by {apart:.1%}")
