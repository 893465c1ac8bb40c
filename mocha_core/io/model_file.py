"""Model files: flat HDF5 data sets `<layer>___<param>`, as Mocha.jl, its Caffe exporter and many scripts write them.

Files of the safetensors format with arrays of these names are read, too.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blob import BlobSpec
from ..errors import MochaError, NumericalError, OptionError, ParameterError, ShapeError, SnapshotError
from ..log import logger
from .array_file import verify, write_arrays
from .model_notes import ModelNotes
from .notes_file import notes_arrays, read_notes
from .safe_hdf5 import Datasets, opened, read
from .safetensors import SUFFIX, opened_safetensors

if TYPE_CHECKING:
    from ..net import Net
    from ..parameters import Parameter

HostArray = np.ndarray[Any, Any]


def save_network(path: str | os.PathLike[str], net: Net) -> None:
    """Write the parameters of a net and its notes, whole or not at all.

    A parameter that holds no values yet is a `ParameterError`, one with a NaN or Inf a `NumericalError`.
    """
    _check_order("save_network", path, net)
    write_arrays(path, {**parameter_arrays(net), **notes_arrays(net.notes)})


def load_network(path: str | os.PathLike[str], net: Net, die_if_not_found: bool = True) -> None:
    """Read the parameters of a net from a model file or a snapshot; what else the file holds is ignored.

    Shapes must be equal but for dimensions of size 1 at both ends; element types are converted with a warning. A
    missing bias keeps or gets its initial value, with a warning, and what a layer remembers from forward to forward
    without one; anything else missing is a `ParameterError`, or with `die_if_not_found=False` is treated like a bias. A
    file without any parameters is an error.
    Nothing is changed if there is an error. What the net's notes lack is taken from those in the file.
    """
    _check_order("load_network", path, net)
    with _stored(path) as (datasets, notes):
        found = {p.path: p for p in net.all_parameters if p.path in datasets}
        missing = [p for p in net.all_parameters if p.path not in datasets]
        _check_missing(path, net, datasets, missing, die_if_not_found)
        for parameter in found.values():
            _check_shape(path, parameter, datasets[parameter.path])
        values = {name: read(datasets[name], tuple(datasets[name].shape)) for name in found}
    for name, parameter in found.items():
        put(parameter, values[name])
    net.notes = net.notes.completed(notes)
    for parameter in missing:
        if not parameter.spec.past:
            logger.warning("%s: no %s; it starts from its initializer", os.fspath(path), parameter.path)
        parameter.initialise(net.backend.seed)


@contextlib.contextmanager
def _stored(path: str | os.PathLike[str]) -> Iterator[tuple[Datasets, ModelNotes]]:
    """The arrays in a file, none of them read yet, and the notes."""
    if Path(path).suffix == SUFFIX:
        with opened_safetensors(path) as (arrays, metadata):
            yield arrays, _told(path, metadata)
        return
    with opened(path) as (file, datasets):
        verify(file, datasets, required=False)
        yield datasets, read_notes(datasets)


def _told(path: str | os.PathLike[str], metadata: Mapping[str, str]) -> ModelNotes:
    try:
        return ModelNotes.from_strings(metadata)
    except MochaError as error:
        raise SnapshotError(f"{os.fspath(path)}: its notes are damaged: {error}") from error


def parameter_arrays(net: Net) -> dict[str, HostArray]:
    """The parameters of a net by path, checked to be worth saving."""
    arrays: dict[str, HostArray] = {}
    for parameter in net.all_parameters:
        if not parameter.ready:
            raise ParameterError(f"{parameter.path} of net {net.name!r} holds no values yet; call net.init() first")
        values = parameter.blob.to_array()
        if not np.isfinite(values).all():
            raise NumericalError(f"{parameter.path} of net {net.name!r} holds NaN or Inf, so it is not saved")
        arrays[parameter.path] = values
    return arrays


def put(parameter: Parameter, values: HostArray) -> None:
    """Load values of a similar shape, with a warning where their type is converted."""
    if values.dtype.name != parameter.blob.dtype:
        logger.warning("%s: converted from %s to %s", parameter.path, values.dtype.name, parameter.blob.dtype)
    parameter.load(values.reshape(parameter.blob.shape))


def similar(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether shapes are equal after dropping dimensions of size 1 at both ends.

    >>> similar((1, 1, 20, 1), (20,)), similar((2, 1, 3), (2, 3))
    (True, False)
    """
    return _stripped(one) == _stripped(other)


def _stripped(shape: tuple[int, ...]) -> tuple[int, ...]:
    sizes = [index for index, size in enumerate(shape) if size != 1]
    return tuple(shape[sizes[0] : sizes[-1] + 1]) if sizes else ()


def _check_order(function: str, path: object, net: object) -> None:
    if not isinstance(path, str | os.PathLike) or isinstance(net, str | os.PathLike):
        raise OptionError(f"{function}(path, net) takes the path first and then the net, not {path!r} and {net!r}")


def _check_missing(path: Any, net: Net, datasets: Datasets, missing: list[Parameter], die: bool) -> None:
    vital = [p.path for p in missing if p.spec.name != "bias" and not p.spec.past]
    held = sorted(name for name in datasets if "___" in name and not name.startswith("solver/"))
    if vital and (die or not held):
        if not held:
            there = ", ".join(sorted(datasets)) or "nothing"
            raise ParameterError(
                f"{os.fspath(path)} holds no parameters, but: {there}; name a snapshot, or a model file with data sets "
                f"<layer>___<param>, such as {vital[0]}"
            )
        raise ParameterError(
            f"{os.fspath(path)} has no {' and no '.join(vital)}, which net {net.name!r} needs; it has: "
            f"{', '.join(held)}; rename the layers, or let load_network(..., die_if_not_found=False) start those from "
            f"their initializers"
        )


def _check_shape(path: Any, parameter: Parameter, dataset: Any) -> None:
    if dataset.dtype.kind not in "fiu":
        raise ParameterError(f"{os.fspath(path)}: {parameter.path} holds {dataset.dtype}, no numbers")
    if not similar(tuple(dataset.shape), parameter.blob.shape):
        raise ShapeError(
            f"{os.fspath(path)}: {parameter.path} has shape {BlobSpec(tuple(dataset.shape))}, the net's has "
            f"{parameter.blob.spec}; a model fits layers of the same sizes only"
        )
