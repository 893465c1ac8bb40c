"""Mocha: static nets of named layers joined by named blobs, hand-written gradients, solvers that take coffee breaks.

The public names are those of `mocha_core.api`. They are loaded together when the first of them is asked for, so that
`import mocha_core` alone costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import *  # noqa: F403 (the one list of public names is there)


def __getattr__(name: str) -> Any:
    """A public name, or `__all__`, from `mocha_core.api`."""
    try:
        return getattr(importlib.import_module(".api", __name__), name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted(__getattr__("__all__"))
