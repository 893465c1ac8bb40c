"""Labels: one class number per location of a prediction, counted from 0 and stored as a float."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..blob import Array, BlobSpec, Shape
from ..errors import DataError
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


def check_labels(
    layer_name: str, blob_name: str, labels: np.ndarray[Any, Any], classes: int, ignored: int | None = None
) -> None:
    """Raise `DataError` at the first label that, rounded, is neither one of 0 ... classes-1 nor the one to ignore.

    >>> check_labels("loss", "label", np.array([[2.0], [3.0]]), 3)
    Traceback (most recent call last):
        ...
    mocha_core.errors.DataError: layer 'loss': blob 'label' holds the label 3 in sample 1 of the batch, but the prediction has 3 classes: 0 ... 2; labels count from 0, subtract 1 if yours count from 1
    """  # noqa: E501
    rounded = np.rint(labels)
    valid = (rounded >= 0) & (rounded <= classes - 1)
    if ignored is not None:
        valid |= rounded == ignored
    if valid.all():
        return
    where = np.unravel_index(int(np.argmin(valid)), labels.shape)
    place = f" at {tuple(int(k) for k in where[1:])}" if math.prod(labels.shape[1:]) > 1 else ""
    raise DataError(
        f"layer {layer_name!r}: blob {blob_name!r} holds the label {labels[where]:g} in sample {int(where[0])} of the "
        f"batch{place}, but the prediction has {classes} classes: 0 ... {classes - 1}; labels count from 0, subtract 1 "
        f"if yours count from 1{_hint(ignored, float(labels[where]))}"
    )


def _hint(ignored: int | None, label: float) -> str:
    """For labels that usually stand for none."""
    return f"; ignore_label={label:g} leaves such labels out" if ignored is None and label in (-1, 255) else ""
