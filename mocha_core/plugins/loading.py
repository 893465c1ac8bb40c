"""From a name to the one object that it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ..errors import PluginConflictError, PluginError, suggest
from .advice import advise
from .scan import Offer, describe, offers


def load(group: str, name: str) -> Any:
    """The object that an installed package offers as `name` in `group`.

    Raises `PluginError` if there is none (the text says what is installed and what to install) or its package is
    broken, `PluginConflictError` if two packages claim the name.
    """
    return pick(group, name).load()


def load_all(group: str) -> Iterator[tuple[Offer, Any | PluginError]]:
    """Each offer of a group with its object, or with the error in its place if its package is broken.

    For menus (`mocha --help`, `mocha doctor`), where one broken package must not hide the others.
    """
    for name in dict.fromkeys(offer.name for offer in offers(group)):
        offer = pick(group, name)
        try:
            yield offer, offer.load()
        except PluginError as error:
            yield offer, error


def pick(group: str, name: str) -> Offer:
    """The only offer of a name, not loaded yet."""
    mine = [offer for offer in offers(group) if offer.name == name]
    if not mine:
        raise unknown(group, name)
    if len(mine) > 1:
        raise PluginConflictError(conflict(mine))
    return mine[0]


def unknown(group: str, name: str, own: Collection[str] = ()) -> PluginError:
    """The error for a name that nobody offers; `own` are the names that the core itself knows."""
    there = offers(group)
    near = suggest(name, {*own, *(offer.name for offer in there)})
    by = f"; installed: {', '.join(f'{offer.name} ({offer.owner})' for offer in there)}" if there else ""
    return PluginError(f"there is no {describe(group)} {name!r}{near}{by}{'' if own else advise(name)}")


def conflict(rivals: list[Offer]) -> str:
    """What to say when several packages claim one name."""
    first = rivals[0]
    owners = " and ".join(f"{offer.owner} ({offer.value})" for offer in rivals)
    lines = " or ".join(dict.fromkeys(f"pip uninstall {offer.distribution}" for offer in rivals))
    return f"{describe(first.group)} {first.name!r} is claimed by {owners}; keep one: {lines}"
