"""The backend to compute with: the one named, or the best that is installed and works here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from .backend import Backend
from .errors import PluginConflictError, PluginError

log = logging.getLogger("mocha")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An installed backend: its owner, its class (None if the package is broken), why it cannot be used (or None)."""

    name: str
    owner: str
    kind: type[Backend] | None
    why: str | None

    @property
    def priority(self) -> int:
        return self.kind.priority if self.kind is not None else 0


def DefaultBackend(name: str | None = None, **options: Any) -> Backend:
    """Open the backend called `name`, or the installed one with the highest priority that works on this machine.

    options: given to the backend, e.g. `seed=1`. What was taken and what was passed over is logged ("mocha").
    Raises `PluginError` if there is none, or the named one cannot work here; the text says what to install.

    >>> with DefaultBackend(seed=1) as backend:
    ...     backend.seed
    1
    """
    kind = _named(name) if name is not None else _best(survey())
    return kind(**options)


def survey() -> tuple[Candidate, ...]:
    """Every installed backend, the best first, each asked whether it can work here; for `mocha doctor` too."""
    from .plugins import load_all
    from .plugins.scan import BACKENDS

    found = []
    for offer, kind in load_all(BACKENDS):
        try:
            checked = _checked(offer, kind)
            found.append(Candidate(offer.name, offer.owner, checked, checked.unusable()))
        except PluginError as error:
            found.append(Candidate(offer.name, offer.owner, None, str(error)))
    return tuple(sorted(found, key=lambda c: (c.kind is None, -c.priority, c.name)))


def _named(name: str) -> type[Backend]:
    from .plugins.loading import pick
    from .plugins.scan import BACKENDS

    offer = pick(BACKENDS, name)
    kind = _checked(offer, offer.load())
    why = kind.unusable()
    if why is not None:
        raise PluginError(f"backend {name!r} ({offer.owner}) cannot be used here: {why}")
    return kind


def _checked(offer: Any, kind: Any) -> type[Backend]:
    if isinstance(kind, PluginError):
        raise kind
    if not (isinstance(kind, type) and issubclass(kind, Backend)):
        raise offer.broken(f"{kind!r} is no subclass of Backend")
    if kind.name != offer.name:
        raise offer.broken(f"its class calls itself {kind.name!r}")
    return kind


def _best(candidates: tuple[Candidate, ...]) -> type[Backend]:
    usable = [(c, c.kind) for c in candidates if c.why is None and c.kind is not None]
    if not usable:
        raise _none(candidates)
    best, kind = usable[0]
    rivals = [c for c, _ in usable if c.priority == best.priority]
    if len(rivals) > 1:
        owners = " and ".join(f"{c.name!r} ({c.owner})" for c in rivals)
        lines = " or ".join(f"DefaultBackend({c.name!r})" for c in rivals)
        raise PluginConflictError(f"the backends {owners} have equal priority; choose: {lines}")
    _log_choice(best, candidates)
    return kind


def _log_choice(best: Candidate, candidates: tuple[Candidate, ...]) -> None:
    log.info("backend %s (%s)", best.name, best.owner)
    for other in candidates:
        if other.why is not None:
            level = logging.INFO if other.kind is not None else logging.WARNING
            log.log(level, "backend %s (%s) passed over: %s", other.name, other.owner, other.why)


def _none(candidates: tuple[Candidate, ...]) -> PluginError:
    from .plugins.advice import advise

    if not candidates:
        return PluginError(f"no backend is installed{advise()}")
    reasons = "; ".join(f"{c.name} ({c.owner}): {c.why}" for c in candidates)
    return PluginError(f"no installed backend can be used here: {reasons}{advise()}")
