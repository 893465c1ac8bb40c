"""Refines the choice of a kernel: looks up which way was fastest on this shape, or measures it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Choice, Decline, Kernel, Site

from .description import describe
from .stopwatch import Clock, Run, race
from .store import Store, Verdict
from .team import Team
from .trial import SMALL, Trial, cut, only, work
from .tunable import NO_SETTINGS, Part, Settings, Tunable, ask

log = logging.getLogger("mocha")

CLEARLY = 0.97
"""An option must take less than this share of the first one's time to be chosen: noise shall not decide."""

OTHER_PACKAGE = 0.85
"""The same for a kernel of another package, whose threads may get in the way of ours."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A kernel with settings, and what it wants at the site of the trial."""

    kernel: type[Kernel]
    accept: Accept
    settings: Settings


class Tuner:
    """Measures for one backend what `store` does not know; the same store gives the same choices.

    clock: tells seconds.
    """

    def __init__(self, backend: Any, store: Store, clock: Clock = time.perf_counter) -> None:
        self.backend, self.store, self.clock = backend, store, clock
        self.team = Team(backend, clock)

    def refine(self, choice: Choice, site: Site) -> Choice:
        """The choice with the fastest settings, or that of another package's kernel if that is faster."""
        kernel = choice.kernel
        if not issubclass(kernel, Tunable) or work(site) < SMALL:
            return choice
        trial = cut(site, self.backend, kernel.samples)
        tuned = self._tuned(choice, kernel, site, trial)
        return self._best_package(tuned, site, trial) if kernel.has_rivals else tuned

    def _tuned(self, choice: Choice, kernel: type[Tunable], site: Site, trial: Site) -> Choice:
        settings: dict[str, str | int] = {}
        notes: list[str] = []
        for decision in kernel.decisions(self.backend, site):
            part = only(trial, decision.part)
            options = decision.named()
            contestants = self._willing(kernel, part, options) if part else {}
            if part and contestants:
                verdict = self._verdict(choice.label, decision.part, part, contestants, CLEARLY)
                settings |= options[verdict.chosen]
                notes += _notes(decision.part, verdict)
        accept = kernel.accepts(self.backend, site, settings)
        if isinstance(accept, Decline):
            return choice
        return replace(choice, accept=accept, settings=settings, notes=(*choice.notes, *notes))

    def _willing(self, kernel: type[Kernel], site: Site, options: Mapping[str, Settings]) -> dict[str, Contestant]:
        answers = {name: ask(kernel, self.backend, site, settings) for name, settings in options.items()}
        return {
            name: Contestant(kernel, accept, options[name])
            for name, accept in answers.items()
            if isinstance(accept, Accept)
        }

    def _best_package(self, choice: Choice, site: Site, trial: Site) -> Choice:
        bindings = {b.label(): b.kernel for b in self.backend.registry.candidates(site.layer)}
        contestants = self._willing(choice.kernel, trial, {choice.label: choice.settings})
        for label in [*bindings][[*bindings].index(choice.label) + 1 :]:
            contestants |= self._willing(bindings[label], trial, {label: NO_SETTINGS})
        verdict = self._verdict(choice.label, "whole", trial, contestants, OTHER_PACKAGE)
        notes = (*choice.notes, *_notes("whole", verdict))
        accept = bindings[verdict.chosen].accepts(self.backend, site)
        if verdict.chosen == choice.label or isinstance(accept, Decline):
            return replace(choice, notes=notes)
        declined = (*choice.declined, (choice.label, "slower here"))
        return Choice(bindings[verdict.chosen], accept, verdict.chosen, declined, notes=notes)

    def _verdict(
        self, label: str, part: Part, site: Site, contestants: Mapping[str, Contestant], clearly: float
    ) -> Verdict:
        if len(contestants) == 1:
            return Verdict(next(iter(contestants)), {})
        key = f"{label} {part}: {describe(site)}"
        known = self.store.find(key)
        if known and known.is_about(contestants):
            return known
        if self.team.is_held_up():
            log.info("%s: not measured, because other processes keep the cores busy", key)
            return Verdict(next(iter(contestants)), {})
        verdict = self._measured(part, site, contestants, clearly)
        self.store.keep(key, verdict)
        log.debug("%s: %s", key, verdict)
        return verdict

    def _measured(self, part: Part, site: Site, contestants: Mapping[str, Contestant], clearly: float) -> Verdict:
        trial = Trial(self.backend, site, part)
        with np.errstate(all="ignore"):
            seconds = self._one_by_one(trial, contestants) if part == "whole" else self._in_turn(trial, contestants)
        first, best = next(iter(seconds)), min(seconds, key=seconds.__getitem__)
        chosen = best if seconds[best] < clearly * seconds[first] else first
        return Verdict(chosen, {name: round(1e6 * time, 2) for name, time in seconds.items()})

    def _in_turn(self, trial: Trial, contestants: Mapping[str, Contestant]) -> dict[str, float]:
        return race({name: trial.run(c.kernel, c.accept, c.settings) for name, c in contestants.items()}, self.clock)

    def _one_by_one(self, trial: Trial, contestants: Mapping[str, Contestant]) -> dict[str, float]:
        """For packages with threads of their own, which would take turns badly: they stay awake for a while.

        What that costs the kernels that run next is their cost too, so a loop of our team is timed with each.
        """
        seconds: dict[str, float] = {}
        for name, c in contestants.items():
            seconds |= race({name: self._with_loop(trial.run(c.kernel, c.accept, c.settings))}, self.clock)
        return seconds

    def _with_loop(self, run: Run) -> Run:
        def both() -> None:
            run()
            self.team.loop()

        return both


def _notes(part: str, verdict: Verdict) -> list[str]:
    """What `net.explain()` says: the chosen one first."""
    if not verdict.microseconds:
        return []
    ranked = sorted(verdict.microseconds.items(), key=lambda item: (item[0] != verdict.chosen, item[1]))
    return [f"{part}: " + ", ".join(f"{name} {time / 1e3:.3f} ms" for name, time in ranked)]
