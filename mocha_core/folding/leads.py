"""Layers that can take up a gain and a shift of each channel: filters, inner products, and affine layers."""

from __future__ import annotations

import numpy as np

from ..blob import BlobSpec
from ..layer import Layer
from ..layers.batch_norm import BatchNormLayer
from ..layers.convolution import ConvolutionLayer
from ..layers.deconvolution import DeconvolutionLayer
from ..layers.inner_product import InnerProductLayer
from ..layers.placing import Place
from ..layers.scale import ScaleLayer
from .affine import Affine, Array, Values, affine_of, is_affine, place_of

LEADS = (ConvolutionLayer, DeconvolutionLayer, InnerProductLayer)


def is_lead(layer: Layer) -> bool:
    """Whether the layer can take up what follows it, if its parameters are its own."""
    if len(layer.bottoms) != 1 or len(layer.tops) != 1:
        return False
    return isinstance(layer, LEADS) or (is_affine(layer) and isinstance(layer, (BatchNormLayer, ScaleLayer)))


def place_on(layer: Layer, bottom: BlobSpec, top: BlobSpec) -> Place:
    """Along which axes of its top the layer can take up factors."""
    if is_affine(layer):
        return place_of(layer, bottom)
    channel = len(top.shape) - 1 if isinstance(layer, InnerProductLayer) else 1
    return Place(top.shape, channel, channel + 1)


def merged(layer: Layer, bottom: BlobSpec, values: Values, after: Affine) -> tuple[Layer, dict[str, Array]]:
    """The layer that also does what comes after it, and the values of its parameters."""
    if isinstance(layer, (BatchNormLayer, ScaleLayer)):
        whole = affine_of(layer, bottom, values).then(after)
        return _scale(layer, whole.place), {"scale": whole.gain, "bias": whole.shift}
    if not isinstance(layer, LEADS):
        raise layer.refuse("takes up no factors")
    name = "weight" if isinstance(layer, InnerProductLayer) else "filter"
    bias = values["bias"] * after.gain if layer.bias else 0.0
    weight = values[name] * _spread(layer, values[name], after.gain)
    shape = (1, -1) if isinstance(layer, InnerProductLayer) else (-1,)
    return layer.replace(bias=True), {name: weight, "bias": np.reshape(bias + after.shift, shape)}


def _spread(layer: Layer, weight: Array, gain: Array) -> Array:
    """The factors in a shape that broadcasts with the weight."""
    match layer:
        case InnerProductLayer():
            return gain if layer.transposed else gain[:, None]
        case DeconvolutionLayer():
            by_group = np.repeat(gain.reshape(layer.n_group, -1), len(weight) // layer.n_group, axis=0)
            return by_group.reshape(*weight.shape[:2], *[1] * (weight.ndim - 2))
    return gain.reshape(-1, *[1] * (weight.ndim - 1))


def _scale(layer: BatchNormLayer | ScaleLayer, place: Place) -> ScaleLayer:
    """One scale with a bias in the place of the layer."""
    return ScaleLayer(
        name=layer.name,
        bottoms=layer.bottoms,
        tops=layer.tops,
        phases=layer.phases,
        param_key=layer.param_key,
        axis=place.first,
        num_axes=place.last - place.first,
        bias=True,
    )
