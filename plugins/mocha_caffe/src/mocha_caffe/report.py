"""What `mocha caffe inspect` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from mocha_core.blob import BlobSpec
from mocha_core.io.noting import advice, legal_files

from .formats import Message
from .preprocessing import record_of
from .translate import Model, Settings
from .translate.model import Step, param_names
from .translate.net import Translation
from .translate.unknown import explain
from .weights.giving import Report, compare, starts_fixed
from .weights.stored import ByLayer, of_net, open_weights

MIB = 1024.0 * 1024.0
HEADS = ("layer", "type", "reads", "writes", "parameters", "MFLOPs")


def report(
    net: Message, settings: Settings, shapes: Mapping[str, Sequence[int]], path: Path, weights: Path | None
) -> tuple[list[str], bool]:
    """The lines, and whether the model can run: every type known, and every weight there that is needed."""
    translation = Translation(net, settings, dict(shapes), path.parent, tolerant=True)
    model = translation.run()
    lines = [f"Net {model.name!r} in {path}, {settings.phase} phase", *_table(model), *_totals(model)]
    if translation.unknown:
        lines += [explain(translation.unknown)]
    complete = True
    if weights is not None:
        with open_weights(weights) as stored:
            more, complete = _weights(model, stored, weights)
            lines += more
    elif any(layer.blobs for layer in net.layer):
        more, complete = _weights(model, of_net(net), path)
        lines += more
    lines += _notes(model, path)
    return lines, complete and not translation.unknown


def _table(model: Model) -> list[str]:
    rows = [HEADS, *(_row(step) for step in model.steps)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def _row(step: Step) -> tuple[str, ...]:
    message = step.given.message
    tops = ", ".join(f"{name} {top}" for name, top in zip(message.top, step.tops, strict=False))
    count = step.flops()
    flops = f"{count / 1e6:.1f}" if count else ""
    owned = f"as {step.shares}" if step.shares else param_names(step.places)
    return str(message.name), str(message.type), ", ".join(message.bottom), tops, owned, flops


def _totals(model: Model) -> list[str]:
    places = [place for step in model.steps if not step.shares for place in step.places]
    count = sum(math.prod(place.shape) for place in places)
    flops = sum(step.flops() for step in model.steps)
    blobs = sum(BlobSpec(spec.shape).nbytes for spec in model.shapes.values())
    return [
        f"{count:,} parameters ({4 * count / MIB:.1f} MiB); {flops / 1e6:,.1f} MFLOPs a forward; "
        f"blobs {blobs / MIB:.1f} MiB before any sharing of memory"
    ]


def _notes(model: Model, path: Path) -> list[str]:
    """How its images are prepared, and what lies beside the model and may have to travel with it."""
    record = record_of(model)
    said = [f"preprocessing: {record!r}"] if record is not None else []
    return said + [f"note: {advice(legal)}" for legal in legal_files(path)]


def _weights(model: Model, stored: ByLayer, path: Path) -> tuple[list[str], bool]:
    """What fits and what does not, by names and shapes; no weight is read."""
    found: Report = compare(model, stored)
    steps = model.step_of()
    lines = [f"{path}: {line}" for line in found.lines()]
    wrong = [line for name in found.loaded if (line := _misfit(steps[name], stored))]
    absent = [name for name in found.missing if not starts_fixed(steps[name].given.message)]
    return lines + wrong, not wrong and not absent


def _misfit(step: Step, stored: ByLayer) -> str:
    blobs = stored[str(step.given.message.name)]
    if len(blobs) != len(step.places):
        return f"{step.given.where}: {len(blobs)} blobs, and it needs {len(step.places)}: {param_names(step.places)}"
    pairs = [(blob.shape, place) for blob, place in zip(blobs, step.places, strict=True)]
    unequal = [(shape, place) for shape, place in pairs if math.prod(shape) != math.prod(place.shape)]
    bad = [f"{place.param.name} is {BlobSpec(shape)}" for shape, place in unequal]
    return f"{step.given.where}: {', '.join(bad)}, and it needs {param_names(step.places)}" if bad else ""
