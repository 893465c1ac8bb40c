"""Which function translates which layers and neurons."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from mocha_core.plugins.loading import pick
from mocha_core.plugins.scan import offers

T = TypeVar("T", bound=Callable[..., Any])

LAYERS, NEURONS = "mocha_onnx.layers", "mocha_onnx.neurons"
"""Groups of entry points: the name is that of the class, the value a function such as `translates` takes."""

_OWN: dict[type[Any], Callable[..., Any]] = {}
_USERS: dict[type[Any], Callable[..., Any]] = {}


def translates(kind: type[Any]) -> Callable[[T], T]:
    """Decorator: the function translates layers, or neurons, of this class.

    For layers it is given the layer and a `Place`, and returns a value for each top (for each bottom, of a layer that
    works in place). For neurons it is given the neuron, the `Place` and x, and returns y. It may replace a translation
    of this package.

    >>> from mocha_core import Layer, Plan, spec
    >>> @spec(kw_only=True)
    ... class SquareLayer(Layer):
    ...     def plan(self, bottoms):
    ...         return Plan(tops=bottoms)
    ...     def forward(self, xp, v):
    ...         return (v.xs[0] ** 2,)
    >>> @translates(SquareLayer)
    ... def square(layer, at):
    ...     return [x * x for x in at.xs]
    >>> translation(SquareLayer) is square
    True
    >>> forget(SquareLayer)
    """

    def note(function: T) -> T:
        own = str(function.__module__).startswith(f"{__package__}.layers.")
        (_OWN if own else _USERS)[kind] = function
        return function

    return note


def forget(kind: type[Any]) -> None:
    """Undo what users registered for a class."""
    _USERS.pop(kind, None)


def translation(kind: type[Any], group: str = LAYERS) -> Callable[..., Any] | None:
    """How to translate a class: as the user said, as this package does, as an installed package offers; else None."""
    found = _USERS.get(kind) or own().get(kind)
    if found is None and any(offer.name == kind.__name__ for offer in offers(group)):
        return _offered(group, kind.__name__)
    return found


@cache
def own() -> Mapping[type[Any], Callable[..., Any]]:
    """What this package translates; every module in `layers` adds its own."""
    from . import layers

    for module in pkgutil.iter_modules(layers.__path__):
        importlib.import_module(f"{layers.__name__}.{module.name}")
    return _OWN


@cache
def _offered(group: str, name: str) -> Callable[..., Any]:
    offer = pick(group, name)
    found: Callable[..., Any] = offer.load()
    if not callable(found):
        raise offer.broken(f"{found!r} is no function")
    return found
