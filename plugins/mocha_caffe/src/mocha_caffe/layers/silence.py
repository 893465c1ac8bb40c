"""An end for blobs that nobody needs."""

from __future__ import annotations

from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec
from mocha_core.layer import Layer, Values
from mocha_core.layers.wiring import need_bottoms_only
from mocha_core.plan import Plan, Traits
from mocha_core.specs import spec


@spec(kw_only=True)
class SilenceLayer(Layer):
    """Reads its bottoms and does nothing; no gradient comes from it.

    Caffe prints what nobody reads, and this layer kept it quiet. A Mocha net prints nothing, and needs it never; it is
    here for nets that were written with it.

    >>> SilenceLayer(name="quiet", bottoms=["label2"])
    SilenceLayer(name='quiet', bottoms=('label2',))
    """

    traits: ClassVar[Traits] = Traits(sink=True, backprop=False)

    def check_options(self) -> None:
        need_bottoms_only(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=(), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return ()
