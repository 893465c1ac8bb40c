"""Weights of classes in a loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..blob import BlobSpec, Shape
from ..layer import Layer
from ..option_types import numbers_of

NORMALIZE = ("local", "global", "no")

Weights = Any
"""Nested tuples of numbers."""


def frozen_weights(layer: Layer, weights: Any) -> Weights:
    """Lists or an array as nested tuples; refuses what is no array of finite numbers >= 0."""
    try:
        array = numbers_of(weights).astype(np.float64)
    except TypeError:
        said = "weights must be finite numbers: one per class, or an array of the prediction's shape"
        raise layer.refuse(said) from None
    if not (array >= 0).all():
        raise layer.refuse("weights must not be negative")
    return _tuples(array.tolist())


def check_weights(layer: Layer, weights: Weights, normalize: str, prediction: BlobSpec, axis: int) -> None:
    """Refuse weights whose shape does not fit the prediction, or that cannot be normalised."""
    given, shape = np.shape(weights), prediction.shape
    if given not in ((0,), (shape[axis],), shape[1:], shape):
        raise layer.misfit(
            f"class weights of {given} do not fit a prediction of {prediction}; give {shape[axis]} numbers, one per "
            f"class, or an array of {shape[1:]} (per location and class) or {shape} (with the batch)"
        )
    if weights and not (_mean(_aligned(weights, shape, axis), normalize, axis) > 0).all():
        raise layer.refuse(f"weights that are all zero cannot be normalised; use normalize='no', not {normalize!r}")


def class_weights(weights: Weights, normalize: str, prediction: Shape, axis: int) -> np.ndarray[Any, Any]:
    """Normalised weights, float64, in a shape that broadcasts to the prediction's.

    "local": at each location they average 1 over the classes.  "global": they average 1 over each sample.

    >>> class_weights((1, 2, 5), "local", (64, 3), 1)
    array([[0.375, 0.75 , 1.875]])
    """
    w = _aligned(weights, prediction, axis)
    return np.asarray(w / _mean(w, normalize, axis))


def _aligned(weights: Weights, prediction: Shape, axis: int) -> np.ndarray[Any, Any]:
    w, dims = np.asarray(weights, np.float64), len(prediction)
    if w.ndim == 1:
        return w.reshape([-1 if a == axis % dims else 1 for a in range(dims)])
    return w if w.ndim == dims else w[np.newaxis]


def _mean(w: np.ndarray[Any, Any], normalize: str, axis: int) -> np.ndarray[Any, Any]:
    if normalize == "no":
        return np.ones(())
    over = axis if normalize == "local" else tuple(range(1, w.ndim))
    return np.asarray(w.mean(axis=over, keepdims=True))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
