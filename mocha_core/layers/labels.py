"""Labels: one class number per location of a prediction, counted from 0 and stored as a float."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..layer import Layer


def label_shape(prediction: Shape, axis: int) -> Shape:
    """The prediction's shape with size 1 along the axis of the classes.

    >>> label_shape((64, 10), 1), label_shape((8, 21, 5, 6), -3)
    ((64, 1), (8, 1, 5, 6))
    """
    axis %= len(prediction)
    return (*prediction[:axis], 1, *prediction[axis + 1 :])


def count_labels(layer: Layer, prediction: BlobSpec, label: BlobSpec, axis: int) -> int:
    """The number of labels; `ShapeError` if the label blob does not hold one per location of the prediction.

    Any shape will do that has the prediction's batch size first and the right number of elements.
    """
    wanted = label_shape(prediction.shape, axis)
    count = math.prod(wanted)
    if label.size != count or label.shape[:1] != wanted[:1]:
        raise layer.misfit(
            f"a prediction of {prediction} with its classes along axis {axis} needs a label of "
            f"{prediction.with_shape(*wanted)}, got {label}{_one_hot(prediction, label)}"
        )
    return count


def _one_hot(prediction: BlobSpec, label: BlobSpec) -> str:
    same = label.shape == prediction.shape
    return "; a label is the number of its class, so of one-hot labels take the argmax along that axis" if same else ""


def as_column(xp: Any, label: Array, prediction: Shape, axis: int) -> Array:
    """The labels in the shape of the prediction, with size 1 along the axis of the classes."""
    return xp.reshape(label, label_shape(prediction, axis))
