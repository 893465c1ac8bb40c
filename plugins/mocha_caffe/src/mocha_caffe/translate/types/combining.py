"""Layers that combine blobs, or the numbers of one."""

from __future__ import annotations

from mocha_core.layer import Layer
from mocha_core.layers import ElementWiseFunctors, ElementWiseLayer, ParameterLayer, ReductionLayer
from mocha_core.layers.functor import Functor

from ..given import CaffeLayer
from ..learning import learning
from ..registry import translates


@translates("Eltwise")
def eltwise(layer: CaffeLayer) -> Layer:
    """Product, sum with coefficients, or maximum of two blobs or more."""
    return layer.make(ElementWiseLayer, operation=_operation(layer))


def _operation(layer: CaffeLayer) -> Functor:
    block = layer.block("eltwise_param")
    coefficients = tuple(block.coeff)
    if coefficients and len(coefficients) != len(layer.bottoms):
        raise layer.refuse(f"{len(coefficients)} coeff for {len(layer.bottoms)} bottoms; give one for each")
    if coefficients and block.operation == "PROD":
        raise layer.refuse("coeff are the factors of a sum, not of a PROD; take them out, or write operation: SUM")
    if block.operation == "PROD":
        return ElementWiseFunctors.Product(stable=block.stable_prod_grad)
    if block.operation == "MAX":
        return ElementWiseFunctors.Maximum()
    return ElementWiseFunctors.Sum(coefficients)


@translates("Reduction")
def reduction(layer: CaffeLayer) -> Layer:
    """One number for the axes from axis on."""
    block = layer.block("reduction_param")
    return layer.make(ReductionLayer, operation=str(block.operation).lower(), axis=block.axis, coeff=block.coeff)


@translates("Parameter")
def parameter(layer: CaffeLayer) -> Layer:
    """A learned blob that is a top; it starts at 0."""
    shape = tuple(layer.block("parameter_param").shape.dim)
    return layer.make(ParameterLayer, shape=shape, **learning(layer, "value"))
