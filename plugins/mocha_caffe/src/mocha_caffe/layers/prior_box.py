"""The boxes that a detector starts from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec

from .boxes import Pair, all_ratios, box_sizes, prior_boxes

OPTIONS = ("min_sizes", "max_sizes", "aspect_ratios", "variance", "image_size", "step")
MOST = 1000


@spec(kw_only=True)
class PriorBoxLayer(Layer):
    """The prior boxes of SSD: boxes of some sizes around the middle of every cell of a feature map.

    It reads a map (num, channels, rows, columns) and the image (num, channels, height, width), of which only the shapes
    count. The top is (1, 2, rows * columns * boxes * 4): the boxes, as (xmin, ymin, xmax, ymax) in parts of the image,
    row by row and cell by cell, and for each of these numbers its variance. There is no gradient.

    In one cell, for each of `min_sizes`: a square of that side; with `max_sizes` one of side sqrt(min * max); then a
    box with the area of the first square for each of `aspect_ratios` (width : height), with `flip` each followed by
    that for its inverse. Ratios that were there before, and 1, are left out.

    min_sizes, max_sizes: in pixels; as many of the second as of the first, or none.   clip: keep boxes in the image.
    variance: one number, or one for each of the four.   image_size: (height, width), instead of the second bottom's.
    step: (height, width) of a cell in pixels; by default the image's divided by the map's.
    offset: where in its cell the middle lies.

    >>> layer = PriorBoxLayer(name="boxes", min_sizes=[60], max_sizes=[114], aspect_ratios=[2, 3],
    ...                       bottoms=["conv7", "data"], tops=["boxes"])
    >>> layer.plan((BlobSpec((8, 256, 19, 19)), BlobSpec((8, 3, 300, 300)))).tops[0].shape
    (1, 2, 8664)
    """

    min_sizes: Sequence[float]
    max_sizes: Sequence[float] = ()
    aspect_ratios: Sequence[float] = ()
    flip: bool = True
    clip: bool = False
    variance: Sequence[float] = (0.1,)
    image_size: Sequence[float] = ()
    step: Sequence[float] = ()
    offset: float = 0.5

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        least = 1 if self.image_size else 2
        if len(self.tops) != 1 or not least <= len(self.bottoms) <= 2:
            raise self.refuse("needs one top and two bottoms, a map and the image; without the second give image_size")
        for option in OPTIONS:
            numbers = getattr(self, option)
            if len(numbers) > MOST:
                raise self.refuse(f"{option} has {len(numbers)} numbers; {MOST} is the most")
            if min(numbers, default=1) <= 0:
                raise self.refuse(f"{option}={numbers} must be positive numbers")
        for option, counts in (("variance", (1, 4)), ("image_size", (0, 2)), ("step", (0, 2))):
            if len(getattr(self, option)) not in counts:
                raise self.refuse(f"{option}={getattr(self, option)} must be {counts[0]} or {counts[1]} numbers")
        self._check_sizes()

    def _check_sizes(self) -> None:
        if not self.min_sizes:
            raise self.refuse("min_sizes must be one number at least; write e.g. min_sizes=[60]")
        if len(self.max_sizes) not in (0, len(self.min_sizes)):
            raise self.refuse(f"there are {len(self.max_sizes)} max_sizes for {len(self.min_sizes)} min_sizes")
        for least, most in zip(self.min_sizes, self.max_sizes, strict=False):
            if most < least:
                raise self.refuse(f"max_sizes has {most} for {least} in min_sizes; it must be larger")

    def sizes(self) -> tuple[Pair, ...]:
        """(height, width) of the boxes in one cell, in pixels, in their order."""
        return box_sizes(self.min_sizes, self.max_sizes, all_ratios(self.aspect_ratios, self.flip))

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        for name, x in zip(self.bottoms, bottoms, strict=True):
            if len(x.shape) != 4:
                raise self.misfit(f"{name!r} is {x}; the map and the image are (num, channels, height, width)")
        count = math.prod(bottoms[0].shape[2:]) * len(self.sizes())
        return Plan(tops=(bottoms[0].with_shape(1, 2, count * 4),), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        rows, columns = v.xs[0].shape[2:]
        image = (self.image_size[0], self.image_size[1]) if self.image_size else v.xs[1].shape[2:]
        step = (self.step[0], self.step[1]) if self.step else (image[0] / rows, image[1] / columns)
        boxes = prior_boxes(xp, (rows, columns), image, step, self.offset, self.sizes(), v.xs[0].dtype)
        if self.clip:
            boxes = xp.clip(boxes, 0, 1)
        each = self.variance if len(self.variance) == 4 else tuple(self.variance) * 4
        variances = xp.stack([xp.full_like(boxes[..., 0], number) for number in each], axis=-1)
        return (xp.reshape(xp.stack([boxes, variances], axis=0), (1, 2, -1)),)
