"""Layers that multiply and shift each channel: y = gain x + shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..blob import BlobSpec
from ..layer import Layer
from ..layers.batch_norm import BatchNormLayer
from ..layers.bias import BiasLayer
from ..layers.placing import Place, channels, placed
from ..layers.scale import ScaleLayer
from ..plan import TEST

Array = np.ndarray[Any, Any]
Values = Mapping[str, Array]
"""Parameters of a layer by name, float64."""


@dataclass(frozen=True, slots=True)
class Affine:
    """y = gain x + shift along the axes of `place`; gain and shift have its small shape.

    >>> where = Place((2, 3), 1, 2)
    >>> doubled, more = Affine(where, np.full(3, 2.0), np.ones(3)), Affine(where, np.ones(3), np.full(3, 5.0))
    >>> doubled.then(more).shift
    array([6., 6., 6.])
    """

    place: Place
    gain: Array
    shift: Array

    def then(self, after: Affine) -> Affine:
        """This one first, then the other one."""
        return Affine(self.place, after.gain * self.gain, after.gain * self.shift + after.shift)

    @property
    def is_finite(self) -> bool:
        return bool(np.isfinite(self.gain).all() and np.isfinite(self.shift).all())


def is_affine(layer: Layer) -> bool:
    """Whether the layer is one of those in the test phase, with factors that are its own."""
    if isinstance(layer, BatchNormLayer):
        return not layer.uses_batch(TEST)
    return isinstance(layer, (ScaleLayer, BiasLayer)) and len(layer.bottoms) == 1


def place_of(layer: Layer, bottom: BlobSpec) -> Place:
    """Along which axes of a bottom of that shape the factors of such a layer lie."""
    match layer:
        case BatchNormLayer():
            return channels(layer, bottom, layer.axis)
        case ScaleLayer() | BiasLayer():
            return placed(layer, (bottom,), layer.axis, layer.num_axes)
    raise layer.refuse("multiplies and shifts no channels")


def affine_of(layer: Layer, bottom: BlobSpec, values: Values) -> Affine:
    """What such a layer does to a bottom of that shape; not finite where a variance is below 0."""
    where = place_of(layer, bottom)
    if isinstance(layer, BatchNormLayer):
        with np.errstate(invalid="ignore", divide="ignore"):
            gain = 1 / np.sqrt(values["var"] + float(layer.eps))
        return Affine(where, gain, -values["mean"] * gain)
    return Affine(where, values.get("scale", np.ones(where.small)), values.get("bias", np.zeros(where.small)))
