"""Calling a class or function with the options of a table in a file."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import OptionError, suggest


def call(make: Callable[..., Any], options: Mapping[str, Any], also: Sequence[str] = ()) -> Any:
    """`make(**options)`; an option that it does not know, or needs but is not given, is an `OptionError`.

    also: options that the table may have besides, to be suggested.   A list is given as `*names` where `make` has that.

    >>> call(lambda directory, keep=None: (directory, keep), {"directory": "snapshots"})
    ('snapshots', None)
    >>> call(lambda directory, keep=None: ..., {"directry": "snapshots"})
    Traceback (most recent call last):
        ...
    mocha_core.errors.OptionError: there is no option 'directry'; did you mean 'directory'?
    """
    parameters = inspect.signature(make).parameters
    kinds = {name: parameter.kind for name, parameter in parameters.items()}
    if inspect.Parameter.VAR_KEYWORD not in kinds.values():
        for name in options:
            if name not in parameters:
                raise OptionError(f"there is no option {name!r}{suggest(name, [*parameters, *also])}")
    for name, parameter in parameters.items():
        if name not in options and parameter.default is parameter.empty and kinds[name] in NAMED:
            raise OptionError(f"{name} is missing; write {name} = ...")
    many = [name for name in options if kinds.get(name) is inspect.Parameter.VAR_POSITIONAL]
    return make(
        *(item for name in many for item in options[name]),
        **{name: value for name, value in options.items() if name not in many},
    )


NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
