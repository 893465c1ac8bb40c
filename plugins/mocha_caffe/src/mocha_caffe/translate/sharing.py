"""Parameters that several layers share by the names in `param { name: "..." }`."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import TypeAlias

from mocha_core.errors import OptionError, ParameterError
from mocha_core.layer import Layer

from ..layers.borrowing import BorrowingLayer, Loan
from .model import Model, Place, Step

Lent: TypeAlias = "dict[int, tuple[Step, int]]"
"""By the number of a blob, whose blob it is, and which."""
OPTIONS = ("_init", "_regu", "_cons", "_lr")


def share(model: Model) -> None:
    """Give layers that share their parameters one key; the first of them decides how they start and learn."""
    owners: dict[str, tuple[Step, int]] = {}
    for step in model.steps:
        named = {i: str(p.name) for i, p in enumerate(step.given.message.param) if p.name and i < len(step.places)}
        lent = {index: owners[name] for index, name in named.items() if name in owners}
        if lent:
            _take(step, lent)
        for index, name in named.items():
            owners.setdefault(name, (step, index))


def _take(step: Step, lent: Lent) -> None:
    owner = next(iter(lent.values()))[0]
    whole = lent == {index: (owner, index) for index in range(len(step.places))}
    if not whole or len(owner.places) != len(step.places) or not _equal(step, lent):
        _take_some(step, lent)
        return
    step.layers = tuple(_borrowing(layer, step, owner) for layer in step.layers)
    step.places, step.shares = owner.places, owner.shares or str(owner.given.message.name)


def _equal(step: Step, lent: Lent) -> bool:
    """Whether all shapes are equal; refuses different ones, unless the file allows equal counts."""
    found = True
    for index, (owner, of) in lent.items():
        mine, its = step.places[index].param, owner.places[of].param
        if mine.shape == its.shape:
            continue
        found = False
        allowed = step.given.message.param[index].share_mode == "PERMISSIVE"
        if not allowed or math.prod(mine.shape) != math.prod(its.shape):
            hint = "" if allowed else "; with share_mode: PERMISSIVE equal numbers would be enough"
            raise ParameterError(
                f"{step.given.where}: {mine.name} is of shape {mine.shape}, and {its.name} of "
                f"{owner.given.name!r}, which it shares, of {its.shape}{hint}"
            )
    return found


def _take_some(step: Step, lent: Lent) -> None:
    """Single blobs, of one owner or several, also in other shapes."""
    _equal(step, lent)
    places, loans = list(step.places), dict[str, list[Loan]]()
    for index, (owner, of) in lent.items():
        mine, its = places[index], owner.places[of]
        loan = Loan(own=mine.param.name, key=its.key, name=its.param.name, shape=its.param.shape)
        loans.setdefault(mine.key, []).append(loan)
        places[index] = replace(mine, key=its.key, param=its.param)
    _check_names(step, loans)
    try:
        step.layers = tuple(
            BorrowingLayer.of(each, loans[each.key]) if each.key in loans else each for each in step.layers
        )
    except OptionError as error:
        raise ParameterError(f"{step.given.where}: {error}") from error
    step.places = tuple(places)


def _check_names(step: Step, loans: dict[str, list[Loan]]) -> None:
    """Refuse what would give a layer two parameters of one name."""
    for key, lent in loans.items():
        renamed = {loan.own: loan.name for loan in lent}
        own = [place.param.name for place in step.places if place.key == key]
        names = [renamed.get(name, name) for name in own]
        if len(set(names)) < len(names):
            raise ParameterError(
                f"{step.given.where}: shares {', '.join(renamed)} as {', '.join(renamed.values())}, and two of its "
                f"parameters would have one name; share blobs of the same kind"
            )


def _borrowing(layer: Layer, step: Step, owner: Step) -> Layer:
    """The layer with the owner's key and options of parameters."""
    mine = {place.key for place in step.places}
    if layer.key not in mine:
        return layer
    lender = next(each for each in owner.layers if type(each) is type(layer) and each.key in _keys(owner.places))
    names = [field.name for field in fields(layer)]
    if "param_key" not in names:
        raise ParameterError(f"{step.given.where}: {type(layer).__name__} cannot share its parameters")
    learning = {name: getattr(lender, name) for name in names if name.endswith(OPTIONS)}
    return layer.replace(param_key=lender.key, **learning)


def _keys(places: tuple[Place, ...]) -> set[str]:
    return {place.key for place in places}
