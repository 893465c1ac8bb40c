"""DetectionOutput as its description reads: loops over boxes, one number at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Host = np.ndarray[Any, Any]
Box = tuple[float, float, float, float]


def decode(code: str, place: Host, prior: Host, variance: Host) -> Box:
    """One box."""
    a, b, c, d = (float(p * v) for p, v in zip(place, variance, strict=True))
    x0, y0, x1, y1 = map(float, prior)
    width, height = x1 - x0, y1 - y0
    if code == "corner":
        return x0 + a, y0 + b, x1 + c, y1 + d
    if code == "corner_size":
        return x0 + a * width, y0 + b * height, x1 + c * width, y1 + d * height
    x, y = (x0 + x1) / 2 + a * width, (y0 + y1) / 2 + b * height
    w, h = width * math.exp(c), height * math.exp(d)
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def area(box: Box) -> float:
    """0 for a box that ends before it begins."""
    return 0.0 if box[2] < box[0] or box[3] < box[1] else (box[2] - box[0]) * (box[3] - box[1])


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = width * height if width > 0 and height > 0 else 0.0
    return both / (area(a) + area(b) - both) if both else 0.0


def suppressed(boxes: list[Box], scores: list[float], layer: Any) -> list[int]:
    """The numbers of the boxes of one class that stay."""
    low = -math.inf if layer.confidence_threshold is None else layer.confidence_threshold
    order = sorted((k for k, score in enumerate(scores) if score > low), key=lambda k: -scores[k])
    order = order if layer.top_k == -1 else order[: layer.top_k]
    kept: list[int] = []
    limit = layer.nms_threshold
    for k in order:
        if all(overlap(boxes[k], boxes[other]) <= limit for other in kept):
            kept.append(k)
            if layer.eta < 1 and limit > 0.5:
                limit *= layer.eta
    return kept


def detections(layer: Any, places: Host, scores: Host, priors: Host) -> list[list[float]]:
    """All rows."""
    num, count = len(places), priors.shape[2] // 4
    wide = 1 if layer.share_location else layer.num_classes
    places, scores = places.reshape(num, count, wide, 4), scores.reshape(num, count, layer.num_classes)
    corners, variances = priors.reshape(2, count, 4)
    if layer.variance_encoded_in_target:
        variances = np.ones_like(variances)
    rows: list[list[float]] = []
    for n in range(num):
        found: list[tuple[float, int, Box]] = []
        for c in range(layer.num_classes):
            if c == layer.background_label_id:
                continue
            of = 0 if layer.share_location else c
            boxes = [decode(layer.code_type, places[n, k, of], corners[k], variances[k]) for k in range(count)]
            if layer.clip:
                boxes = [tuple(min(max(x, 0.0), 1.0) for x in box) for box in boxes]  # type: ignore[misc]
            mine = [float(score) for score in scores[n, :, c]]
            found += [(mine[k], c, boxes[k]) for k in suppressed(boxes, mine, layer)]
        if layer.keep_top_k != -1:
            found = sorted(found, key=lambda each: -each[0])[: layer.keep_top_k]
        rows += [[n, c, score, *box] for score, c, box in sorted(found, key=lambda each: each[1])]
    return rows
