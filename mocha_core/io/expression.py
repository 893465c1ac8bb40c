"""Specs written as the code that makes them, `L2Regu(0.5)`, read back without running any code.

`repr(spec)` is one such text; this module is its inverse.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..errors import OptionError

Find = Callable[[str], Callable[..., Any]]


def parse_spec(text: str, find: Find) -> Any:
    """The spec that `text` describes: calls of names that `find` knows, with literals or such calls as arguments.

    >>> from mocha_core import L2Regu
    >>> parse_spec("L2Regu(0.5)", {"L2Regu": L2Regu}.__getitem__)
    L2Regu(coefficient=0.5)
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise OptionError(
            f"{text!r} is no expression: {error.msg}; write it as in Python, e.g. Neurons.ReLU()"
        ) from error
    return _value(tree.body, find, text)


def _value(node: ast.expr, find: Find, text: str) -> Any:
    if isinstance(node, ast.Call):
        return _call(node, find, text)
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(_value(item, find, text) for item in node.elts)
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise OptionError(
            f"{text!r} may hold numbers, strings, lists and specs only, not {ast.unparse(node)!r}"
        ) from error


def _call(node: ast.Call, find: Find, text: str) -> Any:
    make = find(_name(node.func, text))
    if any(keyword.arg is None for keyword in node.keywords):
        raise OptionError(f"{text!r}: ** cannot be used here")
    options = {str(keyword.arg): _value(keyword.value, find, text) for keyword in node.keywords}
    try:
        return make(*(_value(argument, find, text) for argument in node.args), **options)
    except TypeError as error:
        raise OptionError(f"{text!r}: {error}") from error


def _name(node: ast.expr, text: str) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise OptionError(f"{text!r}: {ast.unparse(node)!r} is no name of a spec")
    return ".".join(reversed([*names, node.id]))


def looks_like_spec(value: object) -> bool:
    """Whether a string is meant as a spec: `Name(...)` or `Space.Name(...)`.

    >>> looks_like_spec("Pooling.Max()"), looks_like_spec("train.txt (old)")
    (True, False)
    """
    if not isinstance(value, str) or not value.rstrip().endswith(")"):
        return False
    head = value.partition("(")[0]
    return bool(head) and all(part.isidentifier() for part in head.split("."))

