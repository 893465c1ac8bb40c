"""Every check of the conformance kit on every layer of the core."""

from __future__ import annotations

import time
import traceback

from mocha_core.testing import FAMILIES
from mocha_core.testing.memory import MEMORY_CHECKS
from mocha_core.testing.opening import opened
from mocha_core.testing.suite import Trial, trials

from .outcome import FAILED, PASSED
from .setting import Setting

TINY = ("inner-product", "dropout")
"""Families that a dry run looks at."""

SHOWN = 8
"""Failures that are told in full."""


def conformance(setting: Setting, seconds: float) -> tuple[str, list[str]]:
    """Trials until they are done, or until the time is over: then it says how far it came."""
    families = [f for f in FAMILIES if not setting.dry or f.label.startswith(TINY)]
    backend = setting.backend_class()
    every, end, done, failures = list(trials(families, [backend])), time.monotonic() + seconds, 0, list[str]()
    for check in MEMORY_CHECKS:
        for dtype in ("float32", "float64"):
            check(opened(backend), dtype)
    for trial in every:
        if time.monotonic() > end:
            break
        failures += _tried(trial)
        done += 1
    told = f"{done} of {len(every)} trials, and {len(MEMORY_CHECKS)} checks of memory; {len(failures)} failed"
    verdict = PASSED if done == len(every) and not failures else FAILED
    return verdict, [told, *(line for failure in failures[:SHOWN] for line in ("```", failure, "```"))]


def _tried(trial: Trial) -> list[str]:
    try:
        trial.run()
    except Exception as error:  # a check that fails, or a kernel
        last = traceback.format_exception_only(error)[-1].strip()
        return [f"{trial}: {last}"]
    return []
