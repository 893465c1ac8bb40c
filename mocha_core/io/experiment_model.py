"""Experiment files as models for `load`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import OptionError, suggest
from ..layer import Layer
from ..layers.input import InputLayer
from .experiment import read_experiment
from .importer import Imported, Importer, Request, Shapes


class ExperimentModel(Imported):
    """The net of an experiment file; weights come from a snapshot or a model file."""

    def __init__(self, name: str, layers: Sequence[Layer]) -> None:
        self.name, self.layers = name, layers


class ExperimentImporter(Importer):
    """Reads experiment files (TOML)."""

    def claims(self, path: Path) -> bool:
        return path.suffix == ".toml"

    def read(self, path: Path, request: Request) -> Imported:
        if request.options:
            raise OptionError(f"load has no option {next(iter(request.options))!r} for an experiment file")
        experiment = read_experiment(path)
        layers = with_inputs(experiment.layers, request.shapes) if request.shapes else experiment.layers
        return ExperimentModel(experiment.name, layers)


def with_inputs(layers: Sequence[Layer], shapes: Shapes) -> list[Layer]:
    """The layers that make a prediction of blobs of these shapes, which become inputs; labels and losses fall away."""
    from ..net.predicting import prediction_layers

    tops = {top for layer in layers if layer.traits.source for top in layer.tops}
    for name in shapes:
        if name not in tops:
            raise OptionError(f"shapes names {name!r}, which no data layer gives{suggest(name, tops)}")
    inputs = InputLayer(name="inputs", tops=tuple(shapes), shapes=tuple(tuple(shape) for shape in shapes.values()))
    return [inputs, *prediction_layers(layers, set(shapes))]
