"""Parts of images."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..ops import Cuts, Size, cut, cut_adjoint, pair
from ..plan import TEST, Plan, Traits
from ..specs import spec
from .images import need_images
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class CropLayer(Layer):
    """Cuts a part of size `crop_size` out of each image (num, channels, height, width).

    By default from the centre: it begins at (height - crop height) // 2, (width - crop width) // 2, and nothing is
    mirrored. What is random is drawn for each image of each bottom anew, in the train phase only.

    crop_size: (height, width), or one integer for both; at most the size of the image.
    random_crop: begin anywhere, every place being as likely.
    random_mirror: run the columns backwards in half of the images.

    >>> layer = CropLayer(crop_size=227, random_crop=True, bottoms=["data"], tops=["crop"])
    >>> layer.plan((BlobSpec((8, 3, 256, 256)),)).tops[0].shape
    (8, 3, 227, 227)
    """

    name: str = "crop"
    crop_size: Size
    random_crop: bool = False
    random_mirror: bool = False

    traits: ClassVar[Traits] = Traits(phased=True)

    def check_options(self) -> None:
        self._put("crop_size", pair(self.crop_size, f"layer {self.name!r}: crop_size", 1))
        need_top_per_bottom(self)

    @property
    def is_random(self) -> bool:
        """Whether it draws random numbers."""
        return self.random_crop or self.random_mirror

    def in_phase(self, phase: str) -> Layer | None:
        if phase not in self.phases:
            return None
        return self.replace(random_crop=False, random_mirror=False) if phase == TEST else self

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms)
        height, width = pair(self.crop_size)
        for name, x in zip(self.bottoms, bottoms, strict=True):
            if x.shape[2] < height or x.shape[3] < width:
                raise self.misfit(f"{name!r} is {x}, smaller than crop_size={self.crop_size}; make that smaller")
        tops = tuple(x.with_shape(*x.shape[:2], height, width) for x in bottoms)
        draws = tuple(x.with_shape(3, x.shape[0]) for x in bottoms) if self.is_random else ()
        return Plan(tops=tops, draws=draws, saves=frozenset({"draws"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(cut(xp, x, self._cuts(xp, v, k), pair(self.crop_size)) for k, x in enumerate(v.xs))

    def backward(self, xp: Any, v: Values) -> Grads:
        wanted = enumerate(zip(v.xs, v.dys, v.wants, strict=True))
        return Grads(
            xs=tuple(
                cut_adjoint(xp, dy, self._cuts(xp, v, k), x.shape[2:]) if want else None for k, (x, dy, want) in wanted
            )
        )

    def _cuts(self, xp: Any, v: Values, k: int) -> Cuts:
        """Where to cut the images of bottom k."""
        num, _, *size = v.xs[k].shape
        room = [have - want for have, want in zip(size, pair(self.crop_size), strict=True)]
        u = v.draws[k] if self.is_random else xp.zeros((3, num))
        top, left = (_begin(xp, u[side, :], room[side], self.random_crop) for side in (0, 1))
        return Cuts(top, left, (u[2, :] > 0.5) & self.random_mirror)


def _begin(xp: Any, u: Array, room: int, at_random: bool) -> Array:
    """One of 0 ... room, all equally likely: u, of 23 bits below 1, times room + 1 never rounds up to room + 1."""
    if not at_random:
        return xp.full(u.shape, room // 2, dtype=xp.int64)
    return xp.astype(xp.floor(u * (room + 1)), xp.int64)
