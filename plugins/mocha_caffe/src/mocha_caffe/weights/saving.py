"""Trained weights in Caffe's own files: .caffemodel and .caffemodel.h5."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mocha_core.blob import Shape
from mocha_core.errors import ParameterError
from mocha_core.io.atomic import replacing
from mocha_core.io.model_file import parameter_arrays
from mocha_core.layers import InputLayer

from ..formats import Message, make_blob, numbered, read_net, save_wire
from ..translate import Model, Settings, translate
from ..translate.model import Step
from ..translate.rules import selected
from ..translate.translated import Array, as_blob, as_they_are

if TYPE_CHECKING:
    from mocha_core.net import Net


class Saver:
    """Saves the weights of nets that were built from one model. message: the net that the model is a translation of."""

    def __init__(self, message: Message, model: Model, settings: Settings) -> None:
        self.message, self.model, self.settings = message, model, settings
        self._steps = {id(step.given.message): step for step in model.steps}
        self._layers = [_writable(layer) for layer in selected(message, settings)]

    def check(self, net: Net) -> None:
        """Raise `ParameterError` now for what could not be saved later."""
        have = {parameter.path for parameter in net.all_parameters}
        for step in self.model.steps:
            for place in step.places:
                if f"{place.key}___{place.param.name}" not in have:
                    raise ParameterError(f"{step.given.where}: net {net.name!r} has no {place.key}; it is another net")
            _pack_of(step)

    def save(self, path: str | os.PathLike[str], net: Net) -> None:
        """Write a file, whole or not at all; HDF5 if its name ends in .h5.

        A .caffemodel holds the whole net as Caffe's does, shared blobs with every layer; options that have no number in
        Caffe are there for Mocha alone. HDF5 holds the blobs alone, once.
        Numbers are float32, or float64 if the net is. NaN and Inf are a `NumericalError`.
        """
        arrays = parameter_arrays(net)
        if os.fspath(path).endswith(".h5"):
            own = [step for step in self.model.steps if not step.shares and step.places]
            _write_hdf5(path, {str(step.given.message.name): blobs_of(step, arrays) for step in own})
        else:
            save_wire(self._net(net, arrays), path)

    def _net(self, net: Net, arrays: Mapping[str, Array]) -> Message:
        saved = Message("NetParameter", name=self.model.name)
        saved.layer = [self._layer(net, *pair, arrays) for pair in self._layers]
        return saved

    def _layer(self, net: Net, layer: Message, original: Message, arrays: Mapping[str, Array]) -> Message:
        full, step = layer.copy(), self._steps.get(id(original))
        if "phase" not in full:
            full.phase = net.phase.upper()
        full.blobs = [make_blob(blob) for blob in blobs_of(step, arrays)] if step is not None else None
        return full


def save_caffemodel(
    path: str | os.PathLike[str],
    net: Net,
    prototxt: str | os.PathLike[str],
    *,
    level: int = 0,
    stages: Sequence[str] = (),
) -> None:
    """Save the weights of a net for Caffe. path: .caffemodel, or .caffemodel.h5.

    prototxt: the file that the net was loaded from; level, stages: as it was. What the net takes as inputs needs no
    data here either.
    """
    settings = Settings(phase=net.phase, level=level, stages=stages)
    file = Path(prototxt)
    message = read_net(file).net
    shapes = _input_shapes(net, selected(message, settings))
    saver = Saver(message, translate(message, settings, shapes, file.parent), settings)
    saver.check(net)
    saver.save(path, net)


def _input_shapes(net: Net, layers: Sequence[Message]) -> dict[str, Shape]:
    """The sizes of the net's inputs that are blobs of these layers; it was perhaps loaded with `shapes=...`."""
    inputs = [layer for layer in net.given if isinstance(layer, InputLayer)]
    known = {name for layer in layers for name in (*layer.bottom, *layer.top)}
    return {top: tuple(s) for layer in inputs for top, s in zip(layer.tops, layer.shapes, strict=True) if top in known}


def blobs_of(step: Step, arrays: Mapping[str, Array]) -> list[Array]:
    """A layer's blobs as Caffe stores them, from the values of Mocha's parameters by their names."""
    params = [as_blob(arrays[f"{p.key}___{p.param.name}"], p.swapped, p.shape) for p in step.places]
    return [np.asarray(blob) for blob in _pack_of(step)(params)]


def _pack_of(step: Step) -> Callable[[Sequence[Array]], Sequence[Array]]:
    result = step.result
    if result.pack is None and result.unpack is not as_they_are:
        raise ParameterError(
            f"{step.given.where}: its translator says how to unpack its blobs, and not how to pack them again; give "
            f"Translated(pack=...), the inverse of unpack"
        )
    return result.pack or as_they_are


def _writable(layer: Message) -> tuple[Message, Message]:
    """The layer without its blobs, as a binary file holds it, and the layer."""
    bare = layer.copy()
    bare.blobs = None
    return numbered(bare), layer


def _write_hdf5(path: str | os.PathLike[str], blobs: Mapping[str, Sequence[Array]]) -> None:
    import h5py

    with replacing(path) as unfinished, h5py.File(unfinished, "w", libver=("v108", "v108")) as file:
        file.create_group("data")
        for layer, arrays in blobs.items():
            for index, array in enumerate(arrays):
                file[f"data/{layer}/{index}"] = array
