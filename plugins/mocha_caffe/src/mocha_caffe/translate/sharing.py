"""Parameters that several layers share by the names in `param { name: "..." }`."""

from __future__ import annotations

from dataclasses import fields

from mocha_core.errors import ParameterError
from mocha_core.layer import Layer

from .model import Model, Place, Step

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


def _take(step: Step, lent: dict[int, tuple[Step, int]]) -> None:
    owner = next(iter(lent.values()))[0]
    same = {index: (owner, index) for index in range(len(step.places))}
    if lent != same or len(owner.places) != len(step.places):
        raise ParameterError(
            f"{step.given.where}: shares some of its parameters with {owner.given.name!r}; Mocha shares all parameters "
            f"of a layer with one other layer, or none"
        )
    for mine, its in zip(step.places, owner.places, strict=True):
        if mine.param.shape != its.param.shape:
            raise ParameterError(
                f"{step.given.where}: {mine.param.name} is of shape {mine.param.shape}, and that of "
                f"{owner.given.name!r}, which it shares, of {its.param.shape}"
            )
    step.layers = tuple(_borrowing(layer, step, owner) for layer in step.layers)
    step.places, step.shares = owner.places, owner.shares or str(owner.given.message.name)


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
