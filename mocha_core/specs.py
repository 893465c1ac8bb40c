"""Specs are values: frozen, comparable, hashable, printed as the code that makes them."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform, overload

from .errors import OptionError, suggest
from .option_types import Kind, kinds_of

T = TypeVar("T")


class SpecChangeError(OptionError, dataclasses.FrozenInstanceError):
    """An option of a spec was assigned to."""


class Spec:
    """What something is, without any arrays: the base of layers, neurons, initializers, methods, policies.

    Lists given for an option become tuples, so that a spec can be hashed; a value of another type than the option's is
    an `OptionError`; then `check` looks at the values.

    >>> from mocha_core import Neurons
    >>> Neurons.ReLU() == Neurons.ReLU(epsilon=0.0)
    True
    >>> Neurons.ReLU(0.5)
    Neurons.ReLU(epsilon=0.5)
    """

    __slots__ = ()

    _kinds: ClassVar[Mapping[str, Kind]] = {}

    def __post_init__(self) -> None:
        for field in _fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list):
                self._put(field.name, _frozen(value))
            if field.name in self._kinds:
                self._put(field.name, self._typed(field.name, value))
        self.check()

    def check(self) -> None:
        """Raise `OptionError` if the options cannot work together; `_put` normalises one."""

    def replace(self, **changes: Any) -> Self:
        """A copy with other options; an unknown option is an `OptionError`."""
        options = [field.name for field in _fields(self)]
        _refuse_unknown(type(self), changes, options)
        made = object.__new__(type(self))
        for name in options:
            made._put(name, changes[name] if name in changes else getattr(self, name))
        made.__post_init__()
        return made

    def refuse(self, text: str) -> OptionError:
        """An `OptionError` that names the spec; `raise self.refuse("...")`."""
        return OptionError(f"{_called(type(self))}: {text}")

    def _typed(self, name: str, value: Any) -> Any:
        kind = self._kinds[name]
        try:
            return kind.convert(value)
        except TypeError:
            hint = f"; write {_called(value)}()" if isinstance(value, type) and issubclass(value, Spec) else ""
            raise self.refuse(f"{name} is {kind.words}, not {value!r}{hint}") from None

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        said = [f"{f.name}={_show(getattr(self, f.name))}" for f in _fields(self) if f.repr and _differs(self, f)]
        return f"{_called(type(self))}({', '.join(said)})"


def namespace(space: type[T]) -> type[T]:
    """Decorator of a class whose attributes are specs: they print as users write them, `Neurons.ReLU()`."""
    for name, member in vars(space).items():
        if isinstance(member, type):
            member.__qualname__ = f"{space.__name__}.{name}"
    return space


@overload
def spec(cls: type[T], /) -> type[T]: ...
@overload
def spec(*, kw_only: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def spec(cls: type[T] | None = None, /, *, kw_only: bool = False, eq: bool = True) -> Any:
    """Make a class a spec: a frozen, slotted dataclass whose unknown options are explained, not just refused.

    `eq=False` compares by identity (for a layer that holds arrays by reference).
    """

    def decorate(cls: type[T]) -> type[T]:
        plain = "__init__" not in vars(cls)
        made = dataclasses.dataclass(frozen=True, slots=True, repr=False, kw_only=kw_only, eq=eq)(cls)
        if not eq and "__eq__" not in vars(cls):
            _compare_by_identity(made)
        _rename_in_methods(cls, made)
        if issubclass(made, Spec):
            made._kinds = kinds_of(made, Spec)
            for method in ("__setattr__", "__delattr__"):
                setattr(made, method, _refuse_change)
        if plain:
            _explain_options(made)
        return made

    return decorate if cls is None else decorate(cls)


def _rename_in_methods(cls: type[Any], made: type[Any]) -> None:
    """Let `super()` in methods find the class with slots, which is another object than the one they were written in."""
    for member in vars(made).values():
        for function in (member, *(getattr(member, name, None) for name in ("__func__", "fget"))):
            for cell in getattr(function, "__closure__", None) or ():
                with contextlib.suppress(ValueError):  # of a name that its function has not set yet
                    if cell.cell_contents is cls:
                        cell.cell_contents = made


def _refuse_change(self: Spec, name: str, value: Any = None) -> None:
    raise SpecChangeError(
        f"{_called(type(self))} is a value and cannot be changed ({name}); make another one with replace(...); what a "
        f"layer's plan finds out belongs into its Plan, or is computed again"
    )


def _compare_by_identity(cls: type[Any]) -> None:
    """Undo the comparison by value that a base class may have brought."""
    for method in ("__eq__", "__hash__"):
        setattr(cls, method, getattr(object, method))


def _explain_options(cls: type[Any]) -> None:
    plain_init = cls.__init__
    options = {f.name: f for f in dataclasses.fields(cls) if f.init}
    required = [n for n, f in options.items() if f.default is f.default_factory is dataclasses.MISSING]
    order = [n for n, f in options.items() if not f.kw_only]

    @functools.wraps(plain_init)
    def init(self: Any, *args: Any, **given: Any) -> None:
        called = _called(cls)
        _refuse_undecorated(type(self), cls, given)
        _refuse_unknown(cls, given, options)
        absent = [name for name in required if name not in given and name not in order[: len(args)]]
        if absent:
            raise OptionError(f"{called} needs {' and '.join(absent)}; write {called}({absent[0]}=..., ...)")
        if len(args) > len(order) or any(name in given for name in order[: len(args)]):
            names = ", ".join(f"{name}=..." for name in options)
            raise OptionError(f"{called} cannot tell which options are meant; write {called}({names})")
        plain_init(self, *args, **given)

    cls.__init__ = init


def _refuse_undecorated(made: type[Any], cls: type[Any], given: Iterable[str]) -> None:
    """A class that brings options without the decorator would not have them."""
    forgotten = [name for name in given if name in vars(made).get("__annotations__", {})] if made is not cls else []
    if forgotten:
        option = forgotten[0]
        raise OptionError(f"{_called(made)} has the option {option!r} only with @spec(kw_only=True) above its class")


def _refuse_unknown(cls: type[Any], given: Iterable[str], options: Collection[str]) -> None:
    for name in given:
        if name not in options:
            raise OptionError(f"{_called(cls)} has no option {name!r}{suggest(name, options)}")


def _called(cls: type[Any]) -> str:
    """A class's name as users write it: `Neurons.ReLU`."""
    return cls.__qualname__.rpartition("<locals>.")[2]


def _fields(value: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(value)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _differs(value: Any, field: dataclasses.Field[Any]) -> bool:
    if field.default is not dataclasses.MISSING:
        default = field.default
    elif field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    else:
        return True
    mine = getattr(value, field.name)
    return type(mine) is not type(default) or bool(mine != default)


def _show(value: Any) -> str:
    return f"<array {value.shape} {value.dtype}>" if hasattr(value, "dtype") else repr(value)
