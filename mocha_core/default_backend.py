"""The backend to compute with: the one named, or the best that is installed and works here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .backend import Backend
from .errors import PluginConflictError, PluginError

if TYPE_CHECKING:
    from .plugins.scan import Offer

log = logging.getLogger("mocha")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An installed backend: its offer, its class (None if its package is broken), why it cannot be used (or None)."""

    offer: Offer
    kind: type[Backend] | None
    why: str | None

    @property
    def name(self) -> str:
        return self.offer.name

    @property
    def owner(self) -> str:
        return self.offer.owner

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
    return _best(survey(), options) if name is None else _named(name, options)


def survey() -> tuple[Candidate, ...]:
    """Every installed backend, the best first, each asked whether it can work here; for `mocha doctor` too."""
    from .plugins import load_all
    from .plugins.scan import BACKENDS

    found = [_candidate(offer, kind) for offer, kind in load_all(BACKENDS)]
    return tuple(sorted(found, key=lambda c: (c.kind is None, -c.priority, c.name)))


def _candidate(offer: Offer, kind: Any) -> Candidate:
    from .plugins.backends import check_backend, why_unusable

    if isinstance(kind, PluginError):
        return Candidate(offer, None, str(kind))
    try:
        checked = check_backend(offer, kind)
        return Candidate(offer, checked, why_unusable(offer, checked))
    except PluginError as error:
        return Candidate(offer, None, str(error))


def _named(name: str, options: dict[str, Any]) -> Backend:
    from .plugins.backends import check_backend, open_backend, why_unusable
    from .plugins.loading import pick
    from .plugins.scan import BACKENDS

    offer = pick(BACKENDS, name)
    kind = check_backend(offer, offer.load())
    why = why_unusable(offer, kind)
    if why is not None:
        raise PluginError(f"backend {name!r} ({offer.owner}) cannot be used here: {why}")
    return open_backend(offer, kind, options)


def _best(candidates: tuple[Candidate, ...], options: dict[str, Any]) -> Backend:
    """The first that opens; one whose package turns out to be broken is passed over like one that cannot be used."""
    from .plugins.backends import open_backend

    for candidate in candidates:
        if candidate.why is None and candidate.kind is not None:
            _check_rivals(candidate, candidates)
            try:
                backend = open_backend(candidate.offer, candidate.kind, options)
            except PluginError as error:
                broken = Candidate(candidate.offer, None, str(error))
                return _best(tuple(broken if c is candidate else c for c in candidates), options)
            _log_choice(candidate, candidates)
            return backend
    raise _none(candidates)


def _check_rivals(best: Candidate, candidates: tuple[Candidate, ...]) -> None:
    rivals = [c for c in candidates if c.why is None and c.kind is not None and c.priority == best.priority]
    if len(rivals) > 1:
        owners = " and ".join(f"{c.name!r} ({c.owner})" for c in rivals)
        lines = " or ".join(f"DefaultBackend({c.name!r})" for c in rivals)
        raise PluginConflictError(f"the backends {owners} have equal priority; choose: {lines}")


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
