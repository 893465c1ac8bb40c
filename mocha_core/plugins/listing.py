"""What `mocha plugins` shows: every offer and its state, found without importing a package."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass

from .scan import GROUPS, KERNELS, Offer, offers


@dataclass(frozen=True, slots=True)
class Installed:
    """One line of the list. `state`: "loaded", "ready", "conflict with ..." or "broken: ..."."""

    group: str
    name: str
    distribution: str
    version: str
    value: str
    state: str


def installed() -> tuple[Installed, ...]:
    """Every offer of every group, in the order of `GROUPS`; imports nothing."""
    return tuple(_line(offer) for group in GROUPS for offer in offers(group))


def _line(offer: Offer) -> Installed:
    return Installed(offer.group, offer.name, offer.distribution, offer.version, offer.value, _state(offer))


def _state(offer: Offer) -> str:
    rivals = [other.owner for other in offers(offer.group) if other.name == offer.name and other != offer]
    if rivals and offer.group != KERNELS:
        return f"conflict with {', '.join(rivals)}"
    if offer.module in sys.modules:
        return "loaded"
    if importlib.util.find_spec(offer.package) is None:
        return f"broken: no package {offer.package!r}"
    return "ready"
