"""Where blobs come from."""

from __future__ import annotations

from mocha_core.layer import Layer
from mocha_core.layers import HDF5DataLayer, HDF5OutputLayer, InputLayer

from ...layers import DummyDataLayer
from ..given import CaffeLayer
from ..learning import filler_of
from ..registry import translates


@translates("Input")
def inputs(layer: CaffeLayer) -> Layer:
    """One shape for each top, or one for all."""
    shapes = [tuple(shape.dim) for shape in layer.block("input_param").shape]
    if len(shapes) == 1:
        shapes *= len(layer.tops)
    if len(shapes) != len(layer.tops):
        raise layer.refuse(
            f"{len(shapes)} shapes for the tops {', '.join(layer.tops)}; write one for each in input_param, or give "
            f'shapes={{"{layer.tops[0]}": (1, 3, 224, 224)}}'
        )
    return layer.make(InputLayer, shapes=shapes)


@translates("MemoryData")
def memory_data(layer: CaffeLayer) -> Layer:
    """Images and labels that a program gives: an input."""
    block = layer.block("memory_data_param")
    image = (block.batch_size, block.channels, block.height, block.width)
    return layer.make(InputLayer, shapes=[image, (block.batch_size,)][: len(layer.tops)])


@translates("HDF5Data")
def hdf5_data(layer: CaffeLayer) -> Layer:
    """The data sets named like the tops, from the files in a list."""
    block = layer.block("hdf5_data_param")
    return layer.make(
        HDF5DataLayer, source=layer.file(block.source), batch_size=block.batch_size, shuffle=block.shuffle
    )


@translates("HDF5Output")
def hdf5_output(layer: CaffeLayer) -> Layer:
    """The data sets data and label, in a file that appears when the net is closed, and never replaces another."""
    names = ("data", "label")
    if len(layer.bottoms) != len(names):
        raise layer.refuse(f"it writes two blobs, data and label, and reads {len(layer.bottoms)}")
    name = layer.block("hdf5_output_param").file_name
    if not name:
        raise layer.refuse("hdf5_output_param says no file_name")
    return layer.make(HDF5OutputLayer, filename=name, datasets=names)


@translates("DummyData")
def dummy_data(layer: CaffeLayer) -> Layer:
    """Blobs from fillers: one shape and one filler for each top, or one for all."""
    block = layer.block("dummy_data_param")
    shapes = [tuple(shape.dim) for shape in block.shape]
    if not shapes:
        sides = (block.num, block.channels, block.height, block.width)
        shapes = list(zip(*sides, strict=True)) if len({len(side) for side in sides}) == 1 else []
    fillers = tuple(filler_of(layer, filler, "data_filler") for filler in block.data_filler)
    return layer.make(DummyDataLayer, shapes=shapes, fillers=fillers)
