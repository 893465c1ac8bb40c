"""Experiments as TOML files: layers, solver and coffee breaks, for the command line.

    name = "LeNet"
    [solver]
    method = "SGD"
    max_iter = 1000
    lr_policy = "LRPolicy.Fixed(0.01)"
    [[layer]]
    type = "HDF5Data"
    name = "train-data"
    phases = ["train"]
    source = "train.txt"
    batch_size = 64
    ...
    [[coffee]]
    type = "Snapshot"
    directory = "snapshots"
    every_n_iter = 500

An option that is itself a spec is written as the code that makes it. Layers with `phases = ["test"]` make the
validation net. Nothing in the file is run as code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..backend import Backend
from ..errors import MissingFileError, MochaError, OptionError, suggest
from ..layer import Layer
from ..net import Net
from ..plan import TRAIN
from .expression import looks_like_spec, parse_spec
from .names import find_spec

FORMS: Mapping[str, tuple[type, str]] = {
    "name": (str, 'name = "LeNet"'),
    "dtype": (str, 'dtype = "float32"'),
    "seed": (int, "seed = 0"),
    "solver": (dict, "[solver] once, in single brackets"),
    "lounge": (dict, "[lounge] once, in single brackets"),
    "layer": (list, "[[layer]] in double brackets before each layer"),
    "coffee": (list, "[[coffee]] in double brackets before each break"),
}
"""What a file may hold, each with its type and an example."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a file describes; specs and plain options, nothing built yet."""

    name: str
    layers: tuple[Layer, ...]
    dtype: str = "float32"
    seed: int = 0
    solver: Mapping[str, Any] = field(default_factory=dict)
    coffee: tuple[Mapping[str, Any], ...] = ()
    lounge: Mapping[str, Any] = field(default_factory=dict)

    def net(self, backend: Backend, phase: str = TRAIN, **options: Any) -> Net:
        """The net of one phase."""
        return Net(f"{self.name}-{phase}", backend, self.layers, phase=phase, dtype=self.dtype, **options)


def read_experiment(path: str | Path) -> Experiment:
    """Read and check a file; errors name the file, the table and the option."""
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(f"there is no experiment file {path}; write one as docs/experiments.md shows")
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)
    except ValueError as error:  # no TOML, or no text
        raise OptionError(f"{path} is no TOML file: {error}") from error
    for key in tables:
        if key not in FORMS:
            raise OptionError(f"{path} has a table or option {key!r}{suggest(key, FORMS)}")
    for key, value in tables.items():
        _check_form(path, key, value)
    return _experiment(path, tables)


def _experiment(path: Path, tables: Mapping[str, Any]) -> Experiment:
    layers = [_layer(path, number, table) for number, table in enumerate(tables.get("layer", ()), 1)]
    if not layers:
        raise OptionError(f"{path} has no [[layer]] tables; a net needs at least a data layer")
    return Experiment(
        name=tables.get("name", path.stem),
        layers=tuple(layers),
        dtype=tables.get("dtype", "float32"),
        seed=tables.get("seed", 0),
        solver=_options(tables.get("solver", {})),
        coffee=tuple(_options(table) for table in tables.get("coffee", ())),
        lounge=_options(tables.get("lounge", {})),
    )


def _check_form(path: Path, key: str, value: Any) -> None:
    wanted, example = FORMS[key]
    items = value if isinstance(value, list) else []
    if not isinstance(value, wanted) or not all(isinstance(item, dict) for item in items):
        raise OptionError(f"{path}: {key} has another form; write {example}")


def _layer(path: Path, number: int, table: Mapping[str, Any]) -> Layer:
    from ..plugins.finding import find_layer

    where = f"{path}, layer {number} ({table.get('name', 'without a name')})"
    if "type" not in table:
        raise OptionError(f'{where}: no type; write type = "Convolution", say')
    try:
        options = _options({name: value for name, value in table.items() if name != "type"})
        return find_layer(str(table["type"]))(**options)
    except MochaError as error:
        raise type(error)(f"{where}: {error}") from error


def _options(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _option(value) for name, value in table.items()}


def _option(value: Any) -> Any:
    if looks_like_spec(value):
        return parse_spec(value, find_spec)
    if isinstance(value, list):
        return tuple(_option(item) for item in value)
    return value
