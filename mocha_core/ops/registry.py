"""Array primitives that a backend may replace: `@op` makes a function overridable by name."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class OpNamespace:
    """An array namespace together with a backend's own bodies for some primitives."""

    def __init__(self, xp: Any, overrides: Mapping[str, Callable[..., Any]]) -> None:
        self._xp, self.overrides = xp, overrides

    def __getattr__(self, name: str) -> Any:
        return getattr(self._xp, name)


def op(reference: F) -> F:
    """A primitive `f(xp, ...)` whose body here is the reference; the hook `mocha_ops` may give a faster one."""

    @functools.wraps(reference)
    def call(xp: Any, *args: Any, **options: Any) -> Any:
        if isinstance(xp, OpNamespace) and reference.__name__ in xp.overrides:
            return xp.overrides[reference.__name__](xp, *args, **options)
        return reference(xp, *args, **options)

    return call  # type: ignore[return-value]
