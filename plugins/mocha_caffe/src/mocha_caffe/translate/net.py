"""From a NetParameter to Mocha's layers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from mocha_core.blob import BlobSpec, Shape
from mocha_core.errors import MochaError, OptionError, ShapeError, TopologyError, suggest
from mocha_core.layer import Layer
from mocha_core.layers import InputLayer
from mocha_core.plan import TRAIN
from mocha_core.topology import results

from ..formats import Message
from .given import CaffeLayer
from .model import Model, Place, Step
from .objective import refuse_through_losses, stopped, weighted
from .registry import entry_for
from .rules import selected
from .settings import Settings
from .sharing import share
from .translated import Slot, Translated, translated
from .unknown import UnknownLayerError, explain, unknown_layers
from .wiring import Value, Wired, wire

MOST_NUMBERS = 2**38
"""Of one blob: a terabyte."""
Shapes = Mapping[str, Sequence[int]]


def translate(
    net: Message, settings: Settings | None = None, shapes: Shapes | None = None, folder: Path = Path()
) -> Model:
    """The layers of a net, which is in the current format (`read_net` gives one), for one phase.

    shapes: sizes for blobs that are inputs, instead of what the file says; a data layer with such a top becomes an
    input, and what needs its other tops (labels) is left out, a loss for what stands in for it in a prediction.
    Raises `MochaError` with file, line and layer; layers of unknown types are named all together, before anything else.
    """
    return Translation(net, settings or Settings(), dict(shapes or {}), folder).run()


class Translation:
    """The work of `translate`. tolerant: leave layers of unknown types out, and what needs them; they are `unknown`."""

    def __init__(
        self,
        net: Message,
        settings: Settings,
        shapes: dict[str, Sequence[int]],
        folder: Path,
        tolerant: bool = False,
    ) -> None:
        self.net, self.settings, self.folder, self.tolerant = net, settings, folder, tolerant
        self.unknown: list[Message] = []
        self.writers: dict[str, CaffeLayer] = {}
        self.given = {name: tuple(shape) for name, shape in shapes.items()}
        self.model = Model(str(net.name) or "net", force_backward=bool(net.force_backward))

    def run(self) -> Model:
        """The model."""
        layers = self._with_inputs(selected(self.net, self.settings))
        self.unknown = unknown_layers(layer for layer in layers if not self._is_replaced(layer))
        if self.unknown and not self.tolerant:
            raise UnknownLayerError(explain(self.unknown))
        absent = self._absent(layers) | {top for layer in self.unknown for top in layer.top}
        left_out = {id(layer) for layer in self.unknown}
        for wired in wire([layer for layer in layers if id(layer) not in left_out], absent, self._elsewhere(layers)):
            self._add(wired)
        share(self.model)
        if self.settings.phase == TRAIN:
            refuse_through_losses(self.model)
        return self.model

    def _with_inputs(self, layers: list[Message]) -> list[Message]:
        """An input for blobs that the user gives and some layer reads, but none writes."""
        written = {top for layer in layers for top in layer.top}
        read = {bottom for layer in layers for bottom in layer.bottom}
        for name in self.given:
            if name not in written | read:
                raise OptionError(f"shapes names {name!r}, and the net has no such blob{suggest(name, written | read)}")
            writer = next((layer for layer in layers if name in layer.top), None)
            if writer is not None and writer.bottom and name not in writer.bottom:
                raise OptionError(f"shapes names {name!r}, which layer {writer.name!r} computes; it is for inputs")
        new = [name for name in self.given if name not in written]
        made = [Message("LayerParameter", name="input", type="Input", top=new)] if new else []
        return [*made, *layers]

    def _elsewhere(self, layers: list[Message]) -> dict[str, str]:
        """Blobs of the layers that take no part."""
        taking_part = {id(layer) for layer in layers}
        return {top: str(layer.name) for layer in self.net.layer if id(layer) not in taking_part for top in layer.top}

    def _is_replaced(self, layer: Message) -> bool:
        """Whether the user gives what a data layer would read."""
        return not layer.bottom and bool(set(layer.top) & set(self.given))

    def _absent(self, layers: list[Message]) -> set[str]:
        tops = {top for layer in layers if self._is_replaced(layer) and layer.type != "Input" for top in layer.top}
        return tops - set(self.given)

    def _add(self, wired: Wired) -> None:
        in_place = any(value.shared for value in wired.tops)
        given = CaffeLayer(
            message=wired.message,
            name=wired.name,
            bottoms=tuple(value.name for value in wired.bottoms) + wired.missing,
            tops=() if in_place else tuple(value.name for value in wired.tops),
            shapes=tuple(self.model.shapes[value.name].shape for value in wired.bottoms),
            settings=self.settings,
            folder=self.folder,
            writers=self.writers,
        )
        step = Step(given)
        try:
            if wired.missing:
                self._stand_in(step)
            else:
                self._translate(step, wired.tops)
        except MochaError as error:
            raise _located(error, given) from error
        self.writers.update(dict.fromkeys(given.tops, given))
        if step.layers:
            self.model.steps.append(step)

    def _translate(self, step: Step, tops: list[Value]) -> None:
        given, stops = stopped(step.given)
        for stop in stops:
            self._plan(step, stop)
        result = translated(self._input(given) if self._is_replaced(given.message) else _by_table(given))
        planned = [self._plan(step, part) for layer in result.layers for part in layer.parts()]
        step.result, step.places = result, _places(result, planned)
        for value in tops:
            value.name = _blob_of(value, given, result)
            self.model.blobs[value.blob] = value.name
        step.layers = (*stops, *result.layers, *weighted(given, tops, result))
        step.tops = tuple(self.model.shapes[value.name] for value in tops if value.name in self.model.shapes)

    def _plan(self, step: Step, layer: Layer) -> tuple[Layer, tuple[Place, ...]]:
        bottoms = tuple(self.model.shapes[name] for name in layer.bottoms)
        plan = layer.plan(bottoms)
        step.parts.append((layer, bottoms))
        for shape in (*(top.shape for top in plan.tops), *(param.shape for param in plan.params)):
            _check_size(shape)
        self.model.shapes.update(zip(results(layer), plan.tops, strict=False))
        return layer, tuple(Place(layer.key, param, param.shape) for param in plan.params)

    def _input(self, given: CaffeLayer) -> Layer:
        """What a data layer, or an input of other sizes, becomes."""
        declared: dict[str, Shape] = {}
        if given.message.type == "Input" and "input_param" in given.message:
            found = _by_table(given)
            if isinstance(found, InputLayer):
                declared = dict(zip(found.tops, map(tuple, found.shapes), strict=True))
        shapes = [self.given.get(top) or declared.get(top) for top in given.tops]
        return given.make(InputLayer, shapes=shapes)

    def _stand_in(self, step: Step) -> None:
        """For a loss without its labels, what shows its prediction; for other layers nothing."""
        found = entry_for(step.given.message)
        if found is None or not found.sink:
            return
        for layer in translated(found.translate(step.given)).layers:
            other = layer.for_prediction()
            if other is not None and all(name in self.model.shapes for name in other.bottoms):
                self._plan(step, other)
                step.layers = (*step.layers, other)


def _by_table(given: CaffeLayer) -> Layer | Sequence[Layer] | Translated:
    found = entry_for(given.message)
    if found is None:  # refuse_unknown has been through all of them
        raise TopologyError(f"{given.where}: nothing translates this type")
    return found.translate(given)


def _check_size(shape: Shape) -> None:
    """Refuse what no machine holds, before anything is allocated."""
    if math.prod(shape) > MOST_NUMBERS:
        raise ShapeError(f"{BlobSpec(shape)} are {math.prod(shape):.1e} numbers; correct the sizes in the file")


def _places(result: Translated, planned: Sequence[tuple[Layer, tuple[Place, ...]]]) -> tuple[Place, ...]:
    """Where each of Caffe's blobs goes."""
    own = [places for _, places in planned]
    if result.slots is None:
        return next((places for places in own if places), ())
    return tuple(_place(slot, own[slot.of]) for slot in result.slots)


def _place(slot: Slot, places: tuple[Place, ...]) -> Place:
    found = next(place for place in places if place.param.name == slot.param)
    shape = found.shape if slot.shape is None else slot.shape
    return Place(found.key, found.param, shape, slot.swapped, slot.loose)


def _blob_of(value: Value, given: CaffeLayer, result: Translated) -> str:
    """The blob that the top became: of a loss or statistic the one with the layer's name."""
    written = [name for layer in result.layers for name in results(layer)]
    if value.name in written or not written:
        return value.name
    return given.name if given.name in written else written[0]


def _located(error: MochaError, given: CaffeLayer) -> MochaError:
    """The error with file and line in front."""
    text, place = str(error), str(given.message.place)
    if text.startswith(given.where) or (place and text.startswith(place)):
        return error
    own = text.startswith(f"layer {given.name!r} (") and place
    located: MochaError = type(error)(f"{place if own else given.where}: {text}")
    return located
