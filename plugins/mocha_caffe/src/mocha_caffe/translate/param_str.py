"""What the text `param_str` of a Python layer says; nothing of it is ever run."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

LONGEST = 65536
PAIR = re.compile(r"\s*['\"]?([A-Za-z_]\w*)['\"]?\s*:\s*(\S.*?)\s*")


def options_in(text: str) -> dict[str, Any]:
    """The options, where the text is a dictionary: of JSON, of Python, or lines of `name: value`; else none.

    >>> options_in("'feat_stride': 16"), options_in('{"scales": [8, 16]}'), options_in("mode: fast")
    ({'feat_stride': 16}, {'scales': [8, 16]}, {'mode': 'fast'})
    """
    if len(text) > LONGEST:
        return {}
    for read in (json.loads, _literal, lambda given: _literal(f"{{{given}}}"), _lines):
        try:
            found = read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        if isinstance(found, dict):
            return {str(name): value for name, value in found.items()}
    return {}


def _literal(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.literal_eval(text.strip())


def _lines(text: str) -> dict[str, Any]:
    pairs = [PAIR.fullmatch(line) for line in re.split(r"[\n;]", text.strip().strip("{}")) if line.strip()]
    return {pair[1]: _value(pair[2]) for pair in pairs if pair is not None} if all(pairs) else {}


def _value(text: str) -> Any:
    try:
        return _literal(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
