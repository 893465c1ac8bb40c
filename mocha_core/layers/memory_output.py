"""Results kept in memory."""

from __future__ import annotations

from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..data.collector import Collector, MemoryCollector
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_bottoms_only


@spec(kw_only=True)
class MemoryOutputLayer(Layer):
    """Keeps a copy of its bottoms of every forward; `net.outputs(name)` gives them, `net.reset_outputs()` forgets them.

    >>> import numpy as np
    >>> from mocha_core import MemoryDataLayer, MemoryOutputLayer, Net
    >>> from mocha_core.testing import ReferenceBackend
    >>> data = MemoryDataLayer(data=[np.arange(4.0)], tops=["data"], batch_size=2)
    >>> net = Net("n", ReferenceBackend(), [data, MemoryOutputLayer(name="seen", bottoms=["data"])])
    >>> net.forward_epoch()
    >>> [array.tolist() for array in net.outputs("seen")]
    [[0.0, 1.0], [2.0, 3.0]]
    """

    name: str = "memory-output"

    traits: ClassVar[Traits] = Traits(sink=True, collects=True, backprop=False)

    def check_options(self) -> None:
        need_bottoms_only(self)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=(), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return ()

    def open_collector(self) -> Collector:
        return MemoryCollector()
