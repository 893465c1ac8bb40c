"""What `mocha.load` asks when it meets a file of Caffe's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mocha_core.io.importer import Imported, Importer, Request, Shapes
from mocha_core.io.model_notes import ModelNotes
from mocha_core.io.safetensors import SUFFIX as SAFETENSORS
from mocha_core.layer import Layer
from mocha_core.log import logger
from mocha_core.net import Net

from .formats import Kind, read_net, sniff
from .preprocessing import record_of
from .translate import Model, Settings, describe_unread, translate
from .weights import Report, give
from .weights.stored import is_caffe_hdf5

SUFFIXES = (".prototxt", ".pbtxt", ".caffemodel")
KINDS = (Kind.NET_TEXT, Kind.NET, Kind.SOLVER_TEXT)
OWN_KINDS = (Kind.NET, Kind.NET_TEXT)


class CaffeModel(Imported):
    """A net of Caffe's. model: its translation.   report: of the last weights that were loaded."""

    def __init__(self, model: Model, has_weights: bool) -> None:
        self.model, self.has_weights = model, has_weights
        self.report = Report()
        self.name = model.name
        self.layers: Sequence[Layer] = model.layers
        self.frozen = model.frozen
        self.gradients = model.inputs if model.force_backward else ()
        self.notes = ModelNotes(preprocessing=record_of(model))

    def load(self, net: Net, path: Path, allow_missing: bool = False) -> None:
        """From a .caffemodel or .caffemodel.h5, or from a file of Mocha's own."""
        if path.suffix == SAFETENSORS or (sniff(path) is Kind.HDF5 and not is_caffe_hdf5(path)):
            Imported.load(self, net, path, allow_missing)
        else:
            self.report = give(net, self.model, path, allow_missing)


class CaffeImporter(Importer):
    """Reads .prototxt and .caffemodel files; `mocha.load` finds it by itself.

    >>> CaffeImporter().claims(Path("deploy.prototxt"))
    True
    """

    def claims(self, path: Path) -> bool:
        return path.suffix in SUFFIXES or (path.is_file() and sniff(path) in KINDS)

    def read(self, path: Path, request: Request) -> CaffeModel:
        return read_model(path, Settings(phase=request.phase, **request.options), request.shapes)


def read_model(path: Path, settings: Settings, shapes: Shapes | None = None) -> CaffeModel:
    """The net in a file, translated; what the user should know is logged."""
    upgraded = read_net(path)
    for note in (*upgraded.notes, *describe_unread(upgraded.net)):
        logger.warning("%s: %s", path, note)
    model = translate(upgraded.net, settings, shapes, folder=path.parent)
    return CaffeModel(model, any(layer.blobs for layer in upgraded.net.layer))
