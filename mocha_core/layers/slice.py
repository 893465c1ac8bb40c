"""One blob cut into several along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..layer import Grads, Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import resolve_axis


@spec(kw_only=True)
class SliceLayer(Layer):
    """Cuts its bottom along `axis` into one piece per top, in their order; the opposite of `ConcatLayer`.

    axis: as NumPy counts, negative from the end; 1 is the channel.
    slice_points: where each piece but the first begins; by default all pieces are of one size.

    >>> layer = SliceLayer(bottoms=["gates"], tops=["a", "b"], slice_points=[2])
    >>> [top.shape for top in layer.plan((BlobSpec((64, 10)),)).tops]
    [(64, 2), (64, 8)]
    """

    name: str = "slice"
    axis: int = 1
    slice_points: Sequence[int] = ()

    traits: ClassVar[Traits] = Traits()

    def check_options(self) -> None:
        if len(self.bottoms) != 1 or not self.tops:
            raise self.refuse(f"needs one bottom and at least one top, got {len(self.bottoms)} and {len(self.tops)}")
        if self.slice_points and len(self.slice_points) != len(self.tops) - 1:
            raise self.refuse(
                f"slice_points={self.slice_points} must be one fewer than the tops {', '.join(self.tops)}: "
                f"each says where the next piece begins"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        axis = resolve_axis(self, self.axis, x)
        if not self.slice_points and x.shape[axis] % len(self.tops):
            raise self.misfit(
                f"{x} cannot be cut into {len(self.tops)} equal pieces along axis {self.axis}; say where, "
                f"with slice_points="
            )
        sizes = [stop - start for start, stop in self._pieces(x.shape[axis])]
        if min(sizes) < 1:
            raise self.misfit(f"slice_points={self.slice_points} must grow, within 1 ... {x.shape[axis] - 1}, on {x}")
        tops = tuple(x.with_shape(*x.shape[:axis], size, *x.shape[axis + 1 :]) for size in sizes)
        return Plan(tops=tops, saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        (x,) = v.xs
        axis = self.axis % x.ndim
        before = (slice(None),) * axis
        return tuple(x[(*before, slice(start, stop), ...)] for start, stop in self._pieces(x.shape[axis]))

    def backward(self, xp: Any, v: Values) -> Grads:
        return Grads(xs=(xp.concat(v.dys, axis=self.axis) if v.wants[0] else None,))

    def _pieces(self, size: int) -> list[tuple[int, int]]:
        """Where each piece begins and ends."""
        step = size // len(self.tops)
        points = self.slice_points or range(step, step * len(self.tops), step)
        return list(pairwise((0, *points, size)))
