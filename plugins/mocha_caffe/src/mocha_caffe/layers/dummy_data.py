"""Data made by fillers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.constraints import NoCons
from mocha_core.data.source import HostArray, Source, State
from mocha_core.errors import DataError
from mocha_core.initializers import ConstantInitializer, Initializer
from mocha_core.layer import Layer, Values
from mocha_core.plan import ParamSpec, Plan, Traits
from mocha_core.random import Stream
from mocha_core.regularizers import NoRegu
from mocha_core.specs import spec


@spec(kw_only=True)
class DummyDataLayer(Layer):
    """Tops of given shapes, filled by initializers anew in each forward: Caffe's DummyData.

    Random numbers are those of the backend's seed and the layer's name; a snapshot keeps how many batches were made.
    There is no end of the data, so each batch counts as an epoch.

    shapes: one for each top, the batch size first, or one for all.   fillers: likewise; zeros by default.

    >>> DummyDataLayer(tops=["data", "label"], shapes=[(8, 3, 28, 20), (8, 1)]).plan(()).tops[1].shape
    (8, 1)
    """

    name: str = "dummy-data"
    shapes: Sequence[Sequence[int]]
    fillers: Sequence[Initializer] = ()

    traits: ClassVar[Traits] = Traits(source=True, backprop=False)

    def check_options(self) -> None:
        if self.bottoms or not self.tops:
            raise self.refuse(f"needs no bottoms and at least one top, got {len(self.bottoms)} and {len(self.tops)}")
        self._put("shapes", self._for_each("shapes", tuple(self.shapes)))
        fillers = self.fillers if isinstance(self.fillers, tuple) else (self.fillers,)
        self._put("fillers", self._for_each("fillers", fillers or (ConstantInitializer(0.0),)))
        for top, shape, filler in zip(self.tops, self.shapes, self.fillers, strict=True):
            if not shape or min(shape) < 1:
                raise self.refuse(f"the shape {shape} of top {top!r} must be positive sizes, the batch size first")
            if not isinstance(filler, Initializer):
                raise self.refuse(f"fillers are initializers such as ConstantInitializer(0.5), not {filler!r}")

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=tuple(BlobSpec(tuple(shape)) for shape in self.shapes))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        raise NotImplementedError(f"layer {self.name!r}: a net fills the tops of DummyDataLayer from its source")

    def open_source(self, seed: int) -> Source:
        return DummySource(self, seed)

    def _for_each(self, option: str, given: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(given) not in (1, len(self.tops)):
            raise self.refuse(f"{option} are one for each of {len(self.tops)} tops, or one for all, not {len(given)}")
        return given if len(given) == len(self.tops) else given * len(self.tops)


class DummySource(Source):
    """Batch number b is a pure function of b, so that a position is all there is to save."""

    def __init__(self, layer: DummyDataLayer, seed: int) -> None:
        self.layer, self.seed, self.owner, self.epoch = layer, seed, layer.name, 0
        self.shapes: tuple[Shape, ...] = tuple(tuple(shape) for shape in layer.shapes)

    def fill(self, out: tuple[HostArray, ...]) -> None:
        for k, (filler, target) in enumerate(zip(self.layer.fillers, out, strict=True)):
            whole = self.shapes[k]
            each, outs = (BlobSpec(whole).size // size for size in (whole[0], (*whole, 1)[1]))
            of = ParamSpec(self.layer.tops[k], whole, filler, NoRegu(), NoCons(), fan_in=each, fan_out=outs)
            stream = Stream(self.seed, self.owner, f"filler/{k}", self.epoch * STRIDE)
            target[...] = filler.values(of, stream)[: len(target)]
        self.epoch += 1

    def state(self) -> State:
        return {"batches": self.epoch}

    def restore(self, state: State) -> None:
        batches = state.get("batches")
        if not isinstance(batches, int) or batches < 0:
            raise DataError(f"layer {self.owner!r} (DummyDataLayer): the saved position has batches = {batches!r}")
        self.epoch = batches


STRIDE = 8
"""More draws than any filler makes for one batch."""
