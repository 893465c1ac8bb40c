"""Box detectors: prior boxes as constants; detections as decoding, NonMaxSuppression, and the best that it leaves."""

from __future__ import annotations

import math

import numpy as np

from mocha_core.layer import Values
from mocha_onnx.graph import Value
from mocha_onnx.layers.arranging import cut
from mocha_onnx.layers.neurons import clipped
from mocha_onnx.place import Place

from ..layers import DetectionOutputLayer, PriorBoxLayer
from ..layers.detections import NONE, NUMBERS


def prior_box(layer: PriorBoxLayer, at: Place) -> list[Value]:
    """They depend on shapes only."""
    zeros = tuple(np.broadcast_to(np.float32(0), spec.shape) for spec in at.bottoms)
    (boxes,) = layer.forward(np, Values(xs=zeros))
    return [at.op("Identity", at.constant(boxes))]


def detection_output(layer: DetectionOutputLayer, at: Place) -> list[Value]:
    """Every step of the layer, for each class of each image on its own; tops have the same rows, -1 where none is."""
    if layer.eta < 1:
        raise at.refuse("ONNX's NonMaxSuppression has no adaptive threshold; set eta=1")
    return [Detection(layer, at).rows()]


class Detection:
    """The nodes of one layer. N images, C classes but the background, P prior boxes, K boxes that are looked at."""

    def __init__(self, layer: DetectionOutputLayer, at: Place) -> None:
        self.layer, self.at, self.op, self.graph = layer, at, at.op, at.graph
        self.num = at.dims[0][0]
        self.priors = at.bottoms[2].size // 8
        labels = range(layer.num_classes)
        self.labels = [label for label in labels if label != layer.background_label_id]
        self.looked_at = self.priors if layer.top_k == -1 else min(layer.top_k, self.priors)

    def rows(self) -> Value:
        """(1, 1, rows, 7)."""
        at, most = self.at, len(self.labels) * self.looked_at
        count = most if self.layer.keep_top_k == -1 else min(self.layer.keep_top_k, most)
        scores, order = self.graph.ops("TopK", self._scores(), self._ints(self.looked_at), count=2, axis=2)
        boxes = self._in_order(self._boxes(), order)
        left = at.op("Where", self._kept(boxes, scores), scores, at.graph.wrap(-math.inf))
        best, places = self.graph.ops("TopK", at.flattened(left, 1), self._ints(count), count=2, axis=1)
        there = at.reshape(at.op("Greater", best, at.graph.wrap(-math.inf)), (None,))
        found = at.op("Gather", self._table(scores, boxes), self._numbers(places, most), axis=0)
        wide = at.reshape(there, (None, 1))
        return self._moved(at.op("Where", wide, found, at.graph.wrap(NONE)), self._numbers(places, most), there)

    def _moved(self, found: Value, numbers: Value, there: Value) -> Value:
        """Rows in the order of images, classes and scores; those without a box last."""
        last = self.at.constant(np.int64(2**62))
        key = self.op("Where", there, numbers, last)
        size = self.op("Shape", key)
        _, order = self.graph.ops("TopK", key, size, count=2, axis=0, largest=0)
        return self.at.reshape(self.op("Gather", found, order, axis=0), (1, 1, None, NUMBERS))

    def _scores(self) -> Value:
        """(N, C, P)."""
        apart = self.at.reshape(self.at.xs[1], (self.num, self.priors, self.layer.num_classes))
        return self._foreground(self.op("Transpose", apart, perm=[0, 2, 1]))

    def _boxes(self) -> Value:
        """(N, C or 1, P, 4), decoded."""
        at, layer = self.at, self.layer
        each = 1 if layer.share_location else layer.num_classes
        offsets = at.reshape(at.xs[0], (self.num, self.priors, each, 4))
        offsets = self.op("Transpose", offsets, perm=[0, 2, 1, 3])
        if not layer.share_location:
            offsets = self._foreground(offsets)
        priors, variances = self._halves(at.reshape(at.xs[2], (2, self.priors, 4)), 0, 1)
        if not layer.variance_encoded_in_target:
            offsets = variances * offsets
        boxes = self._decoded(offsets, priors)
        return clipped(at, boxes, 0.0, 1.0) if layer.clip else boxes

    def _decoded(self, offsets: Value, priors: Value) -> Value:
        """The formulas of `mocha_caffe.layers.boxes`."""
        if self.layer.code_type == "corner":
            return priors + offsets
        low, high = self._halves(priors, -1, 2)
        sizes = high - low
        if self.layer.code_type == "corner_size":
            return priors + offsets * self.op("Concat", sizes, sizes, axis=-1)
        move, grow = self._halves(offsets, -1, 2)
        middle = move * sizes + (low + high) / 2.0
        half = self.op("Exp", grow) * sizes / 2.0
        return self.op("Concat", middle - half, middle + half, axis=-1)

    def _in_order(self, boxes: Value, order: Value) -> Value:
        """(N * C, K, 4): for each class its boxes in the order of its scores."""
        rows = 1 if self.layer.share_location else len(self.labels)
        flat = self.at.reshape(boxes, (None, self.priors, 4))
        places = self.at.reshape(order, (None, len(self.labels) // rows * self.looked_at, 1))
        found = self.op("GatherND", flat, places, batch_dims=1)
        return self.at.reshape(found, (None, self.looked_at, 4))

    def _kept(self, boxes: Value, scores: Value) -> Value:
        """(N, C, K): whether a box overlaps no better one too much."""
        at, layer, looked_at = self.at, self.layer, self.looked_at
        limits = [min(layer.nms_threshold, 1.0), layer.confidence_threshold]
        given = [at.constant(np.array([limit], np.float32)) for limit in limits if limit is not None]
        flat = at.reshape(scores, (None, 1, looked_at))
        chosen = self.op("NonMaxSuppression", self._upright(boxes), flat, self._ints(looked_at), *given)
        where = self.op("Gather", chosen, self._ints(0, 2), axis=1)
        count = cut(at, self.op("Shape", chosen), (0,), (0,), (1,))
        ones = self.op("Expand", at.constant(np.ones(1, np.float32)), count)
        none = self.op("ConstantOfShape", self.op("Shape", at.reshape(scores, (None, looked_at))))
        kept = at.reshape(self.op("ScatterND", none, where, ones), (self.num, len(self.labels), looked_at))
        return self.op("Greater", kept, at.graph.wrap(0.0))

    def _upright(self, boxes: Value) -> Value:
        """A box that ends before it begins has no area; ONNX would turn it round."""
        low, high = self._halves(boxes, -1, 2)
        return self.op("Concat", low, self.op("Max", low, high), axis=-1)

    def _table(self, scores: Value, boxes: Value) -> Value:
        """(N * C * K, 7): a row for every box that was looked at."""
        at, classes = self.at, len(self.labels)
        wide = at.reshape(scores, (self.num, classes, self.looked_at, 1))
        labels = at.constant(np.array(self.labels, np.float32).reshape(1, classes, 1, 1))
        images = at.reshape(at.cast(self._images(), np.float32), (self.num, 1, 1, 1))
        heads = [self.op("Expand", head, self.op("Shape", wide)) for head in (images, labels)]
        table = self.op("Concat", *heads, wide, at.reshape(boxes, (self.num, classes, self.looked_at, 4)), axis=-1)
        return at.reshape(table, (None, NUMBERS))

    def _numbers(self, places: Value, most: int) -> Value:
        """Places among the boxes of an image as places among all."""
        first = self.op("Mul", self._images(), self.at.constant(np.int64(most)))
        return self.at.reshape(self.op("Add", places, self.at.reshape(first, (None, 1))), (None,))

    def _images(self) -> Value:
        """0, 1, ..., N - 1."""
        if self.num is not None:
            return self.graph.integers(*range(self.num))
        count = self.op("Gather", self.op("Shape", self.at.xs[0]), self.at.constant(np.int64(0)), axis=0)
        return self.op("Range", self.at.constant(np.int64(0)), count, self.at.constant(np.int64(1)))

    def _foreground(self, x: Value) -> Value:
        """Without the background, on axis 1."""
        if len(self.labels) == self.layer.num_classes:
            return x
        return self.op("Gather", x, self._ints(*self.labels), axis=1)

    def _halves(self, x: Value, axis: int, size: int) -> tuple[Value, Value]:
        """Two parts of that size."""
        first, second = self.graph.ops("Split", x, self._ints(size, size), count=2, axis=axis)
        return first, second

    def _ints(self, *numbers: int) -> Value:
        return self.graph.integers(*numbers)
