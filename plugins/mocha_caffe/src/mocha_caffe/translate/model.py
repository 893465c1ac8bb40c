"""A net of Caffe's in Mocha's terms: layers, where weights go, what blobs are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mocha_core.blob import BlobSpec, Shape
from mocha_core.layer import Layer
from mocha_core.plan import ParamSpec

from ..layers.borrowing import BorrowingLayer
from .given import CaffeLayer
from .translated import Translated


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blob of Caffe's goes: a parameter of a layer, and the shape that the blob must have."""

    key: str
    param: ParamSpec
    shape: Shape
    swapped: bool = False
    loose: bool = False


@dataclass(slots=True)
class Step:
    """One layer of Caffe's: the Mocha layers that stand for it, and where its blobs go."""

    given: CaffeLayer
    layers: tuple[Layer, ...] = ()
    places: tuple[Place, ...] = ()
    result: Translated = field(default_factory=Translated)
    tops: tuple[BlobSpec, ...] = ()
    parts: list[tuple[Layer, tuple[BlobSpec, ...]]] = field(default_factory=list)
    """What runs, with the shapes of its bottoms."""
    shares: str = ""
    """The layer of Caffe's whose blobs these are, if not its own."""

    def flops(self) -> int:
        """Floating-point operations of a forward."""
        return sum(layer.flops(bottoms) for layer, bottoms in self.parts)


@dataclass(slots=True)
class Model:
    """A whole net. blobs: Caffe's name of each blob, and Mocha's.   notes: what the user should know.

    inputs: the blobs that the user fills.   force_backward: as Caffe's, whether their gradient is wanted.
    """

    name: str
    steps: list[Step] = field(default_factory=list)
    blobs: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, BlobSpec] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    force_backward: bool = False

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, in running order."""
        return tuple(layer for step in self.steps for layer in step.layers)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The blobs that the user fills."""
        return tuple(top for layer in self.layers if layer.traits.input for top in layer.tops)

    @property
    def frozen(self) -> tuple[str, ...]:
        """Layers all of whose parameters, those of other layers included, have lr_mult 0."""
        return tuple(layer.name for layer in self.layers if self._is_frozen(layer))

    def _is_frozen(self, layer: Layer) -> bool:
        places = [place for step in self.steps for place in step.places if _uses(layer, place) and place.param.trained]
        return bool(places) and all(place.param.rate == 0 for place in places)

    def step_of(self) -> Mapping[str, Step]:
        """The layers with blobs by their names in Caffe; of two with one name the first."""
        found: dict[str, Step] = {}
        for step in self.steps:
            if step.places:
                found.setdefault(str(step.given.message.name), step)
        return found


def _uses(layer: Layer, place: Place) -> bool:
    loans = layer.loans if isinstance(layer, BorrowingLayer) else ()
    return place.key == layer.key or any((place.key, place.param.name) == (loan.key, loan.name) for loan in loans)


def param_names(places: Sequence[Place]) -> str:
    """The blobs of a layer, for messages: `filter 20x1x5x5, bias 20`."""
    return ", ".join(f"{place.param.name} {BlobSpec(place.shape)}" for place in places)
