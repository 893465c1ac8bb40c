"""Blobs of a file into the parameters of a net, with a report of what did not fit together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mocha_core.blob import BlobSpec
from mocha_core.errors import MochaError, ParameterError, suggest
from mocha_core.log import logger

from ..formats import Message
from ..translate.learning import FIXED
from ..translate.model import Model, Step, param_names
from ..translate.translated import Array, in_slot
from .stored import ByLayer, Stored, open_weights

if TYPE_CHECKING:
    from mocha_core.net import Net

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Report:
    """Which layers of the net got weights, which did not, and which the file has besides. Names are Caffe's."""

    loaded: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """For people."""
        found = [f"weights for {len(self.loaded)} layers"]
        if self.missing:
            found.append(f"no weights, so initial values, for: {_some(self.missing)}")
        if self.extra:
            found.append(f"weights that no layer of the net takes: {_some(self.extra)}")
        return found


def give(net: Net, model: Model, path: str | os.PathLike[str], allow_missing: bool = False) -> Report:
    """Load the weights in a file into the net made of the model's layers; nothing is changed if there is an error.

    Layers are matched by name. One without weights is a `ParameterError`, unless `allow_missing`, or its filler is a
    constant: then it starts from that. A file with weights for none of the layers is always an error. A blob of another
    shape is a `ShapeError`. What the file has besides is said.
    """
    with open_weights(path) as stored:
        report = compare(model, stored)
        _refuse_missing(path, model, stored, report, allow_missing)
        values = {name: v for step in _own(model, report.loaded) for name, v in parameters(path, step, stored).items()}
    for parameter in net.all_parameters:
        if (parameter.key, parameter.spec.name) in values:
            parameter.load(values[parameter.key, parameter.spec.name].reshape(parameter.blob.shape))
    for line in report.lines()[1:]:
        logger.warning("%s: %s", os.fspath(path), line)
    return report


def compare(model: Model, stored: ByLayer) -> Report:
    """Which layers match, by their names alone."""
    steps = model.step_of()
    return Report(
        loaded=tuple(name for name in steps if name in stored),
        missing=tuple(name for name, step in steps.items() if name not in stored and not step.shares),
        extra=tuple(name for name in stored if name not in steps),
    )


def parameters(path: str | os.PathLike[str], step: Step, stored: ByLayer) -> dict[tuple[str, str], Array]:
    """The values of a layer's parameters, by key and name."""
    blobs, places = stored[str(step.given.message.name)], step.places
    if len(blobs) != len(places):
        raise ParameterError(
            f"{step.given.where}: {os.fspath(path)} has {len(blobs)} blobs for it ({_shapes(blobs)}), and it needs "
            f"{len(places)}: {param_names(places)}"
        )
    arrays = [_read(path, step, index, blob) for index, blob in enumerate(blobs)]
    pairs = zip(places, step.result.unpack(arrays), strict=True)
    return {(p.key, p.param.name): in_slot(array, p.swapped, p.param.shape) for p, array in pairs}


def _read(path: str | os.PathLike[str], step: Step, index: int, blob: Stored) -> Array:
    place = step.places[index]
    try:
        return blob.read(place.shape, place.loose)
    except MochaError as error:
        where = f"{step.given.where}, blob {index} ({place.param.name}): {os.fspath(path)}"
        raise type(error)(f"{where}: {error}") from error


def _own(model: Model, names: Sequence[str]) -> list[Step]:
    """The layers with blobs of their own."""
    steps = model.step_of()
    return [steps[name] for name in names if not steps[name].shares]


def _refuse_missing(
    path: str | os.PathLike[str], model: Model, stored: ByLayer, report: Report, allow_missing: bool
) -> None:
    steps = model.step_of()
    absent = [steps[name] for name in report.missing if not starts_fixed(steps[name].given.message)]
    if absent and not stored:
        raise ParameterError(f"{os.fspath(path)} holds no weights; name the .caffemodel that goes with the net")
    if not absent or (allow_missing and report.loaded):
        return
    first = absent[0]
    lines = "".join(f"\n  {step.given.where}: {param_names(step.places)}" for step in absent[:SHOWN])
    more = f"\n  and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
    if report.loaded:
        otherwise = "to start them from their fillers, say allow_missing=True"
    else:
        otherwise = "if it belongs to another net, name the one that goes with this"
    raise ParameterError(
        f"{os.fspath(path)} has no weights for {len(absent)} of the net's {len(steps)} layers:{lines}{more}"
        f"\nrename the layers{suggest(str(first.given.message.name), report.extra or stored)}; or, {otherwise}"
    )


def starts_fixed(layer: Message) -> bool:
    """Whether the prototxt itself says which values the layer's weights have."""
    blocks = [block for name, block in layer if name.endswith("_param") and isinstance(block, Message)]
    return any(_is_fixed(block, name) for block in blocks for name in ("filler", "weight_filler"))


def _is_fixed(block: Message, name: str) -> bool:
    return name in block.message_type.fields and name in block and getattr(block, name).type in FIXED


def _shapes(blobs: Sequence[Stored]) -> str:
    return ", ".join(str(BlobSpec(blob.shape)) for blob in blobs) or "none"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
