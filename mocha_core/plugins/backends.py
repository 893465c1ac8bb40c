"""Backend classes of installed packages: whether each is one, whether it works here, and opening it.

Whatever goes wrong in a package is a `PluginError` that names it, so that one package spoils nothing for the others.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..backend import Backend
from ..errors import MochaError, OptionError, suggest

if TYPE_CHECKING:
    from .scan import Offer


def check_backend(offer: Offer, kind: Any) -> type[Backend]:
    """The class that an offer stands for, if it is a backend of that name."""
    if not (isinstance(kind, type) and issubclass(kind, Backend)):
        raise offer.broken(f"{kind!r} is no subclass of Backend")
    if inspect.isabstract(kind):
        raise offer.broken(f"its class lacks {', '.join(sorted(kind.__abstractmethods__))}")
    name = getattr(kind, "name", None)
    if name != offer.name:
        raise offer.broken(f"its class calls itself {name!r}")
    if not isinstance(kind.extends, tuple) or not all(isinstance(each, str) for each in kind.extends):
        raise offer.broken(f"extends is a tuple of names of backends, not {kind.extends!r}")
    return kind


def why_unusable(offer: Offer, kind: type[Backend]) -> str | None:
    """What the class says about this machine; None if it works here."""
    with _blaming(offer):
        return kind.unusable()


def open_backend(offer: Offer, kind: type[Backend], options: Mapping[str, Any]) -> Backend:
    """An open backend. An option that it does not have is an `OptionError`."""
    with _blaming(offer):
        takes = inspect.signature(kind).parameters
    if not any(each.kind is each.VAR_KEYWORD for each in takes.values()):
        for option in options:
            if option not in takes:
                raise OptionError(f"backend {offer.name!r} has no option {option!r}{suggest(option, takes)}")
    with _blaming(offer):
        return kind(**options)


def needs_of(offer: Offer, kind: type[Backend]) -> tuple[str, ...]:
    """What the class says of what it needs, for `mocha doctor`."""
    with _blaming(offer):
        return tuple(kind.needs())


@contextmanager
def _blaming(offer: Offer) -> Iterator[None]:
    """What a package does not say as Mocha does is its fault."""
    try:
        yield
    except MochaError:
        raise
    except Exception as cause:
        raise offer.broken(cause) from cause
