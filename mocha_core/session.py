"""The manual's verbs for things that have methods of their own: `init`, `destroy`, `shutdown`."""

from __future__ import annotations

from .backend import Backend
from .net import Net


def init(what: Backend | Net) -> None:
    """`init(net)` initialises the parameters that hold no values yet; a backend is ready when it is made."""
    if isinstance(what, Net):
        what.init()


def destroy(net: Net) -> None:
    """Stop the net's data threads; its parameters stay with the backend."""
    net.close()


def shutdown(backend: Backend) -> None:
    """Give back what the backend holds."""
    backend.close()
