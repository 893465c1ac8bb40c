"""Layers that share parameters, or keep gradients from flowing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mocha_onnx.graph import Value
from mocha_onnx.place import Place
from mocha_onnx.registry import translation

from ..layers import BorrowingLayer, StopGradientLayer


def borrowing(layer: BorrowingLayer, at: Place) -> Iterable[Value]:
    """Its member, with the parameters under the member's names."""
    function = translation(type(layer.member))
    if function is None:
        raise at.refuse(f"there is no translation of {type(layer.member).__name__}")
    names = {loan.own: loan.name for loan in layer.loans}
    plan = layer.member.plan(at.bottoms)
    parameters = {param.name: at.parameters[names.get(param.name, param.name)] for param in plan.params}
    shapes = {param.name: param.shape for param in plan.params}
    place = replace(at, layer=layer.member, parameters=parameters, shapes=shapes)
    results: Iterable[Value] = function(layer.member, place)
    return results


def stop_gradient(layer: StopGradientLayer, at: Place) -> list[Value]:
    """The same under another name."""
    return [at.op("Identity", x) for x in at.xs]
