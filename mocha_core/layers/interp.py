"""Images in another size."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops import Samples, Size, pair, resample, resample_adjoint
from ..plan import Plan, Traits
from ..specs import spec
from .images import need_images
from .wiring import need_top_per_bottom

HEIGHT, WIDTH = 2, 3
SIZES = ("factor", "size", "steps")


@spec(kw_only=True)
class InterpLayer(Layer):
    """Images (num, channels, height, width) in another size: up- or downsampling by interpolation.

    size: (height, width) of the tops, or one integer for both; or
    factor: by how much each side grows, a pair or one integer; or
    steps: (shrink, zoom), with align_corners: of the gaps between elements every shrink-th is kept, and then each is
    cut into zoom parts: a side n becomes ((n - 1) // shrink) * zoom + 1. Caffe's shrink_factor and zoom_factor.
    mode: "bilinear": between the four nearest elements, weighted by how near they are; "nearest": one element each.
    align_corners: of "bilinear": True, the corner elements stay where they are (as Caffe's Interp); False, elements are
    areas that fill the image (as most libraries of today). Shrinking picks elements and does not smooth.

    >>> layer = InterpLayer(factor=2, mode="nearest", bottoms=["conv"], tops=["up"])
    >>> layer.plan((BlobSpec((64, 8, 7, 5)),)).tops[0].shape
    (64, 8, 14, 10)
    """

    name: str = "interp"
    factor: Size = ()
    size: Size = ()
    steps: Size = ()
    mode: Literal["bilinear", "nearest"] = "bilinear"
    align_corners: bool = False

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        need_top_per_bottom(self)
        given = {option: getattr(self, option) for option in SIZES if getattr(self, option) != ()}
        if len(given) != 1:
            said = " and ".join(f"{option}={value}" for option, value in given.items()) or "none of them"
            raise self.refuse(f"needs one of {', '.join(SIZES)}; got {said}")
        for option, value in given.items():
            self._put(option, pair(value, f"layer {self.name!r}: {option}", 1))
        if self.steps != () and not self.align_corners:
            raise self.refuse(f"steps={self.steps} are from corner to corner; say align_corners=True")
        if self.mode not in ("bilinear", "nearest"):
            raise self.refuse(f'mode is "bilinear" or "nearest", not {self.mode!r}')
        if self.align_corners and self.mode == "nearest":
            raise self.refuse("align_corners is for mode='bilinear'; leave it out")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms)
        tops = tuple(x.with_shape(*x.shape[:2], *self._out(x.shape)) for x in bottoms)
        return Plan(tops=tops, saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(self._resampled(xp, x) for x in v.xs)

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = zip(v.xs, v.dys, v.wants, strict=True)
        return Grads(xs=tuple(self._adjoint(xp, dy, x.shape) if want else None for x, dy, want in wanted))

    def _resampled(self, xp: Any, x: Array) -> Array:
        rows, columns = self._samples(x.shape)
        return resample(xp, resample(xp, x, rows, HEIGHT), columns, WIDTH)

    def _adjoint(self, xp: Any, dy: Array, shape: tuple[int, ...]) -> Array:
        rows, columns = self._samples(shape)
        return resample_adjoint(xp, resample_adjoint(xp, dy, columns, WIDTH), rows, HEIGHT)

    def _samples(self, shape: tuple[int, ...]) -> tuple[Samples, ...]:
        return tuple(self._along(size, out) for size, out in zip(shape[2:], self._out(shape), strict=True))

    def _along(self, size: int, out: int) -> Samples:
        if self.mode == "nearest":
            return Samples.nearest(size, out)
        return Samples.linear(size, out, self.align_corners)

    def _out(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.size != ():
            return pair(self.size)
        if self.steps != ():
            shrink, zoom = pair(self.steps)
            return tuple((side - 1) // shrink * zoom + 1 for side in shape[2:])
        return tuple(side * times for side, times in zip(shape[2:], pair(self.factor), strict=True))
