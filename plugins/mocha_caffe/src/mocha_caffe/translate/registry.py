"""Which function translates which of Caffe's layer types."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, TypeVar

from mocha_core.errors import OptionError
from mocha_core.layer import Layer
from mocha_core.plugins.loading import pick
from mocha_core.plugins.scan import offers

from ..formats import Message
from .by_class import options_of
from .given import CaffeLayer
from .translated import Translated

Translate: TypeAlias = Callable[[CaffeLayer], "Layer | Sequence[Layer] | Translated"]
T = TypeVar("T", bound=Callable[..., Any])

PYTHON = "Python"
GROUP = "mocha_caffe.layers"
"""Entry points: the name is Caffe's layer type, the value a function or a class of layers, as for `layer`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One type. in_place: it may overwrite its bottom.   sink: a loss or statistic, whose top is its own name."""

    translate: Translate
    in_place: bool = False
    sink: bool = False


_OWN: dict[str, Entry] = {}
_USERS: dict[str, Entry] = {}


def translates(*types: str, in_place: bool = False, sink: bool = False) -> Callable[[T], T]:
    """Decorator of the functions in `types`: it translates layers of these types."""

    def note(function: T) -> T:
        _OWN.update({each: Entry(function, in_place, sink) for each in types})
        return function

    return note


def layer(type_name: str) -> Callable[[T], T]:
    """Decorator for a layer type that Mocha does not know, or shall translate otherwise.

    A layer of type Python goes by its class: "module.Class", or "Class" whatever the module. The module itself is never
    imported.

    On a class of layers: it is made with the layer's name, bottoms and tops, and with the fields of the layer's
    `..._param { }` that are options of the class; one that Caffe has not and that is none is an error. Its parameters
    take the layer's blobs in their order. On a function: it is given a `CaffeLayer` and returns a layer, several, or a
    `Translated`.

    >>> from mocha_core import Layer, Plan, spec
    >>> @layer("Square")
    ... @spec(kw_only=True)
    ... class SquareLayer(Layer):
    ...     def plan(self, bottoms):
    ...         return Plan(tops=bottoms)
    ...     def forward(self, xp, v):
    ...         return (v.xs[0] ** 2,)
    >>> entry("Square") is not None
    True
    >>> forget("Square")
    """

    def note(given: T) -> T:
        _USERS[type_name] = _entry(type_name, given)
        return given

    return note


def forget(type_name: str) -> None:
    """Undo `layer(type_name)`."""
    _USERS.pop(type_name, None)


def entry(type_name: str) -> Entry | None:
    """How to translate a type: as the user said, as Mocha does, as an installed package offers; None if none can."""
    found = _USERS.get(type_name) or own().get(type_name)
    if found is None and any(offer.name == type_name for offer in offers(GROUP)):
        return _offered(type_name)
    return found or _class_of_that_name(type_name)


def entry_for(message: Message) -> Entry | None:
    """How to translate a layer; one of type Python by its class, registered as "module.Class" or "Class"."""
    if message.type != PYTHON:
        return entry(str(message.type))
    found = (_registered(name) for name in (*python_names(message), PYTHON))
    return next((each for each in found if each is not None), None)


def from_outside(message: Message) -> bool:
    """Whether a user or an installed package says how to translate a layer, and not Mocha."""
    found = entry_for(message)
    return found is not None and found is not own().get(str(message.type))


def python_names(message: Message) -> tuple[str, str]:
    """Under which names the class of a Python layer may be registered."""
    block = message.python_param
    return f"{block.module}.{block.layer}", str(block.layer)


def _registered(name: str) -> Entry | None:
    """By the user or an installed package; what Mocha translates under that name is another layer."""
    if name in _USERS:
        return _USERS[name]
    return _offered(name) if any(offer.name == name for offer in offers(GROUP)) else None


def known() -> tuple[str, ...]:
    """All types that can be translated."""
    return tuple(sorted({*_USERS, *own(), *(offer.name for offer in offers(GROUP))}))


@cache
def own() -> Mapping[str, Entry]:
    """The types that this package translates; every module in `types` adds its own."""
    from . import types

    for module in pkgutil.iter_modules(types.__path__):
        importlib.import_module(f"{types.__name__}.{module.name}")
    return _OWN


@cache
def _offered(type_name: str) -> Entry:
    offer = pick(GROUP, type_name)
    try:
        return _entry(type_name, offer.load())
    except OptionError as cause:
        raise offer.broken(cause) from cause


def _class_of_that_name(type_name: str) -> Entry | None:
    """A layer class that some package offers to everybody under this name."""
    if not any(offer.name == type_name for offer in offers("mocha.layers")):
        return None
    return _entry(type_name, pick("mocha.layers", type_name).load())


def _entry(type_name: str, given: Any) -> Entry:
    if isinstance(given, type) and issubclass(given, Layer) and not inspect.isabstract(given):
        kind, tops = given, {"tops": ()} if given.traits.sink else {}
        return Entry(lambda layer: layer.make(kind, **tops, **options_of(kind, layer)), sink=kind.traits.sink)
    if callable(given) and not isinstance(given, type):
        return Entry(given)
    raise OptionError(
        f"layer({type_name!r}) is for a class of layers with plan and forward, or for a function, not {given!r}"
    )
