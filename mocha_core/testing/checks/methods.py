"""Solver methods keep what is promised of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...backend import Backend
from ...blob import DTYPES
from ...solvers import SolverMethod, SolverParameters, UpdateValues
from ..failure import CheckFailure
from ..tolerances import size_of, tolerance
from ..update_rig import sparse
from ..values import Host
from .spec_value import fault_of_value
from .updates import TERMS


def method_is_a_value(method: SolverMethod, params: SolverParameters, backend: Backend) -> None:
    """It equals and hashes like its copy, prints as the code that makes it, cannot be changed."""
    fault = fault_of_value(method)
    if fault:
        raise CheckFailure(f"{method!r} as a value: {fault}")


def update_as_promised(method: SolverMethod, params: SolverParameters, backend: Backend) -> None:
    """It only reads what it is given; the weight and every slot come back in the weight's shape and element type."""
    for dtype in DTYPES:
        given = _values(method, params, dtype)
        weight, fresh = _updated(method, given)
        if set(fresh) != set(method.slots):
            raise CheckFailure(f"{method!r}: update gave a history of {sorted(fresh)}, its slots are {method.slots}")
        for name, array in {"the weight": weight, **fresh}.items():
            if (array.shape, array.dtype) != (given.weight.shape, given.weight.dtype):
                text = f"update gave {name} of {array.shape} {array.dtype} for a weight of {given.weight.shape} {dtype}"
                raise CheckFailure(f"{method!r}: {text}")


def rate_and_decay_count(method: SolverMethod, params: SolverParameters, backend: Backend) -> None:
    """A parameter's multiplier does what the learning rate does; a decoupled method uses the decay that it gets."""
    given = _values(method, params, "float64")
    rate = given.fields.get("learning_rate")
    if rate is not None:
        doubled = replace(given, fields={**given.fields, "learning_rate": 2 * rate})
        one, other = (_updated(method, values)[0] for values in (doubled, replace(given, rate=2.0)))
        if not np.abs(one - other).max() <= tolerance("float64", TERMS, max(1.0, size_of(one))):
            raise CheckFailure(f"{method!r}: a parameter with rate=2 does not move as with twice the learning rate")
    if method.decoupled:
        more = replace(given, decay=given.decay + 0.5)
        if np.array_equal(_updated(method, more)[0], _updated(method, given)[0]):
            raise CheckFailure(f"{method!r} is decoupled, but its update does not depend on `decay`")


def _values(method: SolverMethod, params: SolverParameters, dtype: str) -> UpdateValues:
    """The first update of one parameter, on arrays that cannot be written to."""
    weight, grad, decay, *history = (_locked(sparse((3, 5), seed), dtype) for seed in range(3 + len(method.slots)))
    return UpdateValues(
        weight=weight,
        grad=grad,
        decay=decay,
        history={slot: _locked(0 * array, dtype) for slot, array in zip(method.slots, history, strict=True)},
        fields=method.advance(params, 1, method.start(params)),
    )


def _locked(values: Host, dtype: str) -> np.ndarray[Any, Any]:
    array = values.astype(dtype)
    array.flags.writeable = False
    return array


def _updated(method: SolverMethod, values: UpdateValues) -> tuple[Any, Any]:
    try:
        weight, fresh = method.update(np, values)
    except Exception as error:
        text = f"update on read-only arrays raised {type(error).__name__}: {error}"
        raise CheckFailure(f"{method!r}: {text}") from error
    return weight, fresh
