"""What a convolution's kernel does in one go: the convolution, a ReLU, a pooling, and a ReLU behind that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from mocha_core.blob import BlobSpec, Shape
from mocha_core.channels_last import to_first, to_last
from mocha_core.layer import Layer
from mocha_core.layers import NeuronLayer, PoolingLayer
from mocha_core.neurons import Neurons
from mocha_core.passes import members_of
from mocha_core.pooling import Pooling
from mocha_cpu.workspace import Want

from .._convolution import Windows
from ..parts import PartLayer
from .pooling import places_dtype, rates

NOTHING = Want((0,), "uint8")


@dataclass(frozen=True, slots=True)
class Chain:
    """A convolution and what follows it. A ReLU before a maximum is done after it, where there are fewer numbers.

    relu: on the outputs of the convolution. cut: a ReLU behind the pooling.
    """

    convolution: Any
    relu: bool = False
    pool: Any = None
    cut: bool = False

    @classmethod
    def of(cls, layer: Any) -> Self | None:
        """What is in a layer in `ChannelsLast` whose lead is a convolution; None if no kernel does that in one go."""
        is_part = isinstance(layer.member, PartLayer)
        convolution, *after = members_of(layer.member.member if is_part else layer.member)
        relu = bool(after) and is_relu(after[0])
        match after[relu:]:
            case []:
                return cls(convolution, relu)
            case [PoolingLayer(mask=False) as pool, *cut] if all(map(is_relu, cut)) and not is_part:
                if type(pool.pooling) is Pooling.Max:
                    return cls(convolution, False, pool, relu or bool(cut))
                if type(pool.pooling) is Pooling.Mean:
                    return cls(convolution, relu, pool, bool(cut))
        return None

    def windows(self, bottom: BlobSpec) -> Windows | None:
        """Those of the pooling."""
        if self.pool is None:
            return None
        between = self._between(bottom)
        grid = self.pool.grid(to_first(between))
        wide, floor = places_dtype(self.pool, between) == "int32", 0.0 if self.cut else None
        lie = ([a.kernel for a in grid.axes], [a.stride for a in grid.axes], [a.pad for a in grid.axes])
        return Windows(between[1:], grid.out, *lie, rates(self.pool, between), floor, wide)

    @property
    def reads_tops(self) -> bool:
        """Whether backward must know the results."""
        return self.relu if self.pool is None else self.cut and not self._is_max

    def kept(self, bottom: BlobSpec, top: BlobSpec) -> tuple[Want, Want]:
        """What backward must know besides: where the maxima were, and what a ReLU in front of a mean let pass."""
        if self.pool is None:
            return NOTHING, NOTHING
        between = self._between(bottom)
        places = Want(top.shape, places_dtype(self.pool, between)) if self._is_max else NOTHING
        return places, Want(between, "uint8") if self.relu else NOTHING

    @property
    def _is_max(self) -> bool:
        return self.pool is not None and type(self.pool.pooling) is Pooling.Max

    def _between(self, bottom: BlobSpec) -> Shape:
        """The shape of what the convolution gives, with channels last."""
        images = bottom.with_shape(*to_first(bottom.shape))
        return to_last(self.convolution.plan((images,)).tops[0].shape)


def is_relu(layer: Layer) -> bool:
    """Whether it is a ReLU with its floor at 0."""
    return isinstance(layer, NeuronLayer) and layer.neuron == Neurons.ReLU()
