"""Which of many boxes are kept: the best of those that overlap."""

from __future__ import annotations

from typing import Any

from mocha_core.blob import Array

from .boxes import overlaps

LEAST = 0.5
"""An adaptive threshold shrinks no further than to the first value that is not above."""


def best_first(xp: Any, scores: Array) -> Array:
    """Where along the last axis the best, the second best ... score is; of equals the first comes first.

    >>> import numpy as np
    >>> best_first(np, np.array([0.5, 0.7, 0.5, 0.7])).tolist()
    [1, 3, 0, 2]
    """
    flat, count = xp.reshape(-scores, (-1,)), scores.shape[-1]
    place = xp.reshape(xp.searchsorted(xp.sort(flat), flat), scores.shape)
    # Sorts need not be stable everywhere; no two of these keys are equal.
    return xp.argsort(place * count + xp.arange(count), axis=-1)


def suppress(xp: Any, boxes: Array, found: Array, threshold: float, eta: float = 1.0) -> Array:
    """Non-maximum suppression: which boxes are kept.

    boxes: (..., count, 4), the best first.   found: (..., count), which of them there are.
    A box is kept unless it overlaps one that was kept by more than the threshold. With eta < 1 the threshold is
    multiplied by eta after each box that is kept, as long as it is above 0.5. It takes `count` steps whatever the
    boxes are, so that nothing has to be asked of another device in between.
    """
    kept = xp.zeros_like(found)
    limit = xp.full(found.shape[:-1], threshold, dtype=boxes.dtype)
    for k in range(found.shape[-1]):
        near = overlaps(xp, boxes[..., :k, :], boxes[..., k : k + 1, :])
        clash = xp.any(kept[..., :k] & (near > limit[..., None]), axis=-1)
        kept[..., k] = found[..., k] & ~clash
        if eta < 1:
            limit = xp.where(kept[..., k] & (limit > LEAST), limit * eta, limit)
    return kept


def scores_in_order(xp: Any, scores: Array, order: Array) -> Array:
    """The scores in that order."""
    return xp.reshape(xp.take(xp.reshape(scores, (-1,)), _numbers(xp, scores.shape, order), axis=0), order.shape)


def boxes_in_order(xp: Any, boxes: Array, order: Array) -> Array:
    """The boxes in that order, for each class its own; those of one place may serve all classes."""
    numbers = _numbers(xp, boxes.shape, order)
    return xp.reshape(xp.take(xp.reshape(boxes, (-1, 4)), numbers, axis=0), (*order.shape, 4))


def _numbers(xp: Any, shape: tuple[int, ...], order: Array) -> Array:
    """Where in a flat (num, classes or 1, count) array the elements of that order are."""
    num, classes, count = shape[:3]
    first = xp.reshape(xp.arange(num * classes) * count, (num, classes, 1))
    return xp.reshape(first + order, (-1,))
