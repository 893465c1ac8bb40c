"""From a detector's predictions to the boxes that it found."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.layers.wiring import need_blobs
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec

from .boxes import DECODERS
from .detections import NONE, NUMBERS
from .suppression import best_first, boxes_in_order, scores_in_order, suppress


@spec(kw_only=True)
class DetectionOutputLayer(Layer):
    """What a detector of SSD's kind has found: decoded boxes, the best of those that overlap, the best of these.

    Bottoms: predictions of places (num, priors * 4), or (num, priors * num_classes * 4) unless `share_location`;
    scores (num, priors * num_classes); prior boxes and their variances (1, 2, priors * 4), as `PriorBoxLayer` gives
    them. The top is (1, 1, rows, 7). A row is (number of the image in the batch, class, score, xmin, ymin, xmax, ymax),
    places being parts of the image's width and height. Rows follow in the order of images, classes, falling scores.

    Where Caffe's top has a row for each box found, the shapes of a Mocha net stay: there are num * keep_top_k rows, or
    as many as boxes can be found if that is less. Boxes come first; the rows behind them hold -1 everywhere, so that
    the number of their image is -1. `mocha_caffe.detections` leaves these out.

    For each class but `background_label_id` (-1: there is none), boxes with a score above `confidence_threshold` (None:
    all) are sorted by score, the first of equals first; `top_k` of them are looked at (-1: all; this many steps are
    taken, so a limit makes it fast). A box stays unless it overlaps a better one that stays by more than
    `nms_threshold`, which shrinks by the factor `eta` with each box that stays, while it is above 0.5. Then the
    `keep_top_k` best boxes of an image stay (-1: all). There is no gradient.

    code_type: what is predicted: "corner", "corner_size" or "center_size" (`mocha_caffe.layers.boxes`).
    variance_encoded_in_target: predictions have been multiplied by the variances.   clip: keep boxes in the image.

    >>> layer = DetectionOutputLayer(name="found", num_classes=21, top_k=400, keep_top_k=200, code_type="center_size",
    ...                              bottoms=["loc", "conf", "priors"], tops=["found"])
    >>> layer.plan((BlobSpec((2, 34928)), BlobSpec((2, 183372)), BlobSpec((1, 2, 34928)))).tops[0].shape
    (1, 1, 400, 7)
    """

    num_classes: int
    share_location: bool = True
    background_label_id: int = 0
    code_type: str = "corner"
    variance_encoded_in_target: bool = False
    confidence_threshold: float | None = None
    nms_threshold: float = 0.3
    top_k: int = -1
    eta: float = 1.0
    keep_top_k: int = -1
    clip: bool = False

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        need_blobs(self, bottoms=3, tops=1)
        if self._classes() < 1:
            raise self.refuse(f"num_classes={self.num_classes} leaves no class besides the background")
        if self.code_type not in DECODERS:
            raise self.refuse(f"code_type={self.code_type!r} must be one of {', '.join(DECODERS)}")
        if self.nms_threshold < 0:
            raise self.refuse(f"nms_threshold={self.nms_threshold} must not be negative")
        if not 0 < self.eta <= 1:
            raise self.refuse(f"eta={self.eta} must be above 0, and 1 at most")
        for option in ("top_k", "keep_top_k"):
            if getattr(self, option) != -1 and getattr(self, option) < 1:
                raise self.refuse(f"{option}={getattr(self, option)} must be positive, or -1 for all")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        locations, scores, priors = bottoms
        count, places = priors.size // 8, 1 if self.share_location else self.num_classes
        if priors.shape != (1, 2, count * 4) or not count:
            raise self.misfit(f"{self.bottoms[2]!r} is {priors}; prior boxes are 1 x 2 x (4 for each box)")
        num = (*locations.shape, 0)[0]
        for name, x, each in zip(self.bottoms, (locations, scores), (places * 4, self.num_classes), strict=False):
            if x.shape[:1] != (num,) or x.size != num * count * each:
                needed = f"{count} prior boxes need {each} numbers each: {num} x {count * each}"
                raise self.misfit(f"{name!r} is {x}; {needed}")
        return Plan(tops=(locations.with_shape(1, 1, num * self._rows(count), NUMBERS),), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        locations, scores, priors = v.xs
        boxes = self._decoded(xp, locations, priors)
        scores = self._scores(xp, scores, priors.shape[2] // 4)
        order = best_first(xp, scores)[..., : self._looked_at(scores.shape[2])]
        boxes, scores = boxes_in_order(xp, boxes, order), scores_in_order(xp, scores, order)
        kept = suppress(xp, boxes, scores > -xp.inf, self.nms_threshold, self.eta)
        return (self._listed(xp, boxes, scores, kept, self._rows(priors.shape[2] // 4)),)

    def _has_background(self) -> bool:
        return 0 <= self.background_label_id < self.num_classes

    def _classes(self) -> int:
        return self.num_classes - self._has_background()

    def _looked_at(self, count: int) -> int:
        return count if self.top_k == -1 else min(self.top_k, count)

    def _rows(self, count: int) -> int:
        """Of one image, with so many prior boxes."""
        most = self._classes() * self._looked_at(count)
        return most if self.keep_top_k == -1 else min(self.keep_top_k, most)

    def _decoded(self, xp: Any, locations: Array, priors: Array) -> Array:
        """(num, classes or 1, priors, 4)."""
        both = xp.reshape(priors, (2, -1, 4))
        offsets = xp.reshape(locations, (locations.shape[0], both.shape[1], -1, 4))
        offsets = xp.permute_dims(offsets, (0, 2, 1, 3))
        if not self.share_location:
            offsets = self._foreground(xp, offsets)
        scaled = offsets if self.variance_encoded_in_target else both[1, ...] * offsets
        boxes = DECODERS[self.code_type](xp, scaled, both[0, ...])
        return xp.clip(boxes, 0, 1) if self.clip else boxes

    def _scores(self, xp: Any, scores: Array, count: int) -> Array:
        """(num, classes, priors); -inf for those that are too low."""
        apart = xp.permute_dims(xp.reshape(scores, (scores.shape[0], count, -1)), (0, 2, 1))
        apart = self._foreground(xp, apart)
        low = -xp.inf if self.confidence_threshold is None else self.confidence_threshold
        return xp.where(apart > low, apart, xp.full_like(apart, -xp.inf))

    def _foreground(self, xp: Any, x: Array) -> Array:
        """Without the background, on axis 1."""
        background = self.background_label_id
        if not self._has_background():
            return x
        return xp.concat([x[:, :background, ...], x[:, background + 1 :, ...]], axis=1)

    def _listed(self, xp: Any, boxes: Array, scores: Array, kept: Array, rows: int) -> Array:
        """The best boxes of each image, moved to the front, in the order of images, classes and scores."""
        num, classes, count = scores.shape
        flat = xp.reshape(xp.where(kept, scores, xp.full_like(scores, -xp.inf)), (num, -1))
        chosen = best_first(xp, flat)[:, :rows] + xp.arange(num)[:, None] * (classes * count)
        chosen = xp.reshape(chosen, (-1,))
        there = xp.take(xp.reshape(kept, (-1,)), chosen, axis=0)
        order = xp.argsort(xp.where(there, chosen, chosen + kept.size))
        there, chosen = xp.take(there, order, axis=0), xp.take(chosen, order, axis=0)
        found = xp.take(self._as_rows(xp, boxes, scores), chosen, axis=0)
        found = xp.where(there[:, None], found, xp.full_like(found, NONE))
        return xp.reshape(found, (1, 1, -1, NUMBERS))

    def _as_rows(self, xp: Any, boxes: Array, scores: Array) -> Array:
        """A row for every box."""
        num = scores.shape[0]
        image = xp.reshape(xp.arange(num, dtype=scores.dtype), (num, 1, 1))
        label = xp.arange(self.num_classes, dtype=scores.dtype)
        label = self._foreground(xp, xp.reshape(label, (1, -1, 1)))
        heads = [xp.broadcast_to(x, scores.shape)[..., None] for x in (image, label, scores)]
        return xp.reshape(xp.concat([*heads, boxes], axis=-1), (-1, NUMBERS))
