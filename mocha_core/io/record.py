"""The record of a snapshot: what a training must find in it to go on, looked at before anything is changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..errors import SnapshotError

VERSION = 1

Record: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Any], bool]


def parse_record(text: bytes) -> Record:
    """The record in a snapshot; `SnapshotError` if something is missing in it, or of another kind than was written."""
    record: Record = json.loads(text)
    _check(record, "version", _is_count)
    if record["version"] > VERSION:
        raise SnapshotError(f"it was written by a newer Mocha (form {record['version']}, this one reads {VERSION})")
    for name, fits in FORM.items():
        _check(record, name, fits)
    return record


def _check(record: Record, name: str, fits: Test) -> None:
    if name not in record or not fits(record[name]):
        found = f"{name} = {record[name]!r:.80}" if name in record else f"no {name}"
        raise SnapshotError(
            f"its record has {found}, so training cannot go on from it; take another snapshot, or only the parameters "
            f"of this one, with load_solver_state=False"
        )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    """NaN and infinity are numbers here: a learning rate may be one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _by_name(fits: Test) -> Test:
    return lambda value: isinstance(value, Mapping) and all(map(fits, value.values()))


def _is_lounge(value: Any) -> bool:
    """`CoffeeLounge.state()`: each coffee's class and what it told."""
    if not isinstance(value, Mapping) or "epoch" not in value or not isinstance(value.get("coffees"), list):
        return False
    return all(
        isinstance(told, list) and len(told) == 2 and _is_text(told[0]) and isinstance(told[1], Mapping)
        for told in value["coffees"]
    )


FORM: Mapping[str, Test] = {
    "net": _is_text,
    "method": _is_text,
    "params": _by_name(_is_text),
    "iter": _is_count,
    "obj_val": _is_number,
    "fields": _by_name(_is_number),
    "updates": _by_name(_is_count),
    "seed": lambda value: True,
    "random": _by_name(_is_count),
    "data": _by_name(lambda value: isinstance(value, Mapping)),
    "lounge": _is_lounge,
}
