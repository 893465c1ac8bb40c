"""What `mocha plugins` shows: every offer and its state, found without importing a package."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass

from ..errors import suggest
from .advice import CORE, installing
from .scan import BACKENDS, GROUPS, KERNELS, Offer, offers, unknown_groups


@dataclass(frozen=True, slots=True)
class Installed:
    """One line of the list.

    state: "loaded", "ready", "conflict with ...", "broken: ...", or, of what nobody will ever ask for, why.
    """

    group: str
    name: str
    distribution: str
    version: str
    value: str
    state: str


def installed() -> tuple[Installed, ...]:
    """Every offer of every group, in the order of `GROUPS`, then those of unknown groups; imports no package."""
    return tuple(_line(offer) for group in (*GROUPS, *unknown_groups()) for offer in offers(group))


def _line(offer: Offer) -> Installed:
    return Installed(offer.group, offer.name, offer.distribution, offer.version, offer.value, _state(offer))


def _state(offer: Offer) -> str:
    rivals = [other.owner for other in offers(offer.group) if other.name == offer.name and other != offer]
    if rivals and offer.group != KERNELS:
        return f"conflict with {', '.join(rivals)}"
    loaded = offer.module in sys.modules
    if not loaded and importlib.util.find_spec(offer.package) is None:
        return f"broken: no package {offer.package!r}"
    return _why_never_asked(offer) or ("loaded" if loaded else "ready")


def _why_never_asked(offer: Offer) -> str:
    from .finding import is_own

    if offer.group not in GROUPS:
        return f"never asked: there is no group {offer.group!r}{suggest(offer.group, GROUPS)}"
    backends = {each.name for each in offers(BACKENDS)}
    if offer.group == KERNELS and offer.name not in backends:
        how = installing(offer.name) or suggest(offer.name, backends)
        return f"never asked: no backend {offer.name!r} is installed{how}"
    return f"never found: {CORE} has a {offer.name!r} of its own" if is_own(offer.group, offer.name) else ""
