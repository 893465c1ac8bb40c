"""`load`: a net from files, of Mocha's own or of any framework that an importer reads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..backend import Backend
from ..default_backend import DefaultBackend
from ..errors import MissingFileError, OptionError, PluginConflictError, PluginError, ShapeError
from ..folding import fold as fold_net
from ..log import logger
from ..net import Net
from ..parameters import ParameterStore
from ..plan import TEST, TRAIN
from ..preprocessing import Preprocessing
from .experiment_model import ExperimentImporter
from .importer import Imported, Importer, Request, Shapes, path_of
from .model_notes import ModelNotes
from .noting import hint, told

IMPORTERS = "mocha.importers"


def load(
    model: str | os.PathLike[str],
    weights: str | os.PathLike[str] | None = None,
    *,
    backend: Backend | str | None = None,
    phase: str = TEST,
    dtype: str = "float32",
    shapes: Shapes | None = None,
    keep: Sequence[str] | str = (),
    parameters: ParameterStore | None = None,
    allow_missing: bool = False,
    fold: bool = False,
    licence: str | os.PathLike[str] | None = None,
    attribution: str | os.PathLike[str] | None = None,
    source: str | None = None,
    preprocessing: Preprocessing | None = None,
    **options: Any,
) -> Net:
    """A net, ready to run, from the file that describes it and the file with its weights.

    model: an experiment file (.toml), or a model of a framework for which an importer is installed.
    weights: a file that goes with it, or one that Mocha wrote; needless where `model` holds the weights itself. Without
    weights the parameters get their initial values.
    backend: an open backend, or the name of one to open; default: the best that works here.   phase, dtype, keep: as of
    `Net`.   shapes: sizes for inputs, `{"data": (1, 3, 227, 227)}`, instead of those in the file; data layers become
    inputs.
    parameters: a store to share with other nets; by default each loaded net has one of its own.
    allow_missing: parameters that the weights lack keep their initial values; else they are an error.
    fold: merge batch normalisation and scales into the layers before them; see `fold`.
    licence, attribution: a text, or the path of one; source: where the model comes from; preprocessing: how its images
    are prepared. They are the net's `notes`, and go before what the files themselves say.
    options: of the importer.

    Raises `MochaError`, naming the file and the place in it.
    """
    path, notes = path_of(model), told(licence, attribution, source, preprocessing)
    if fold and phase != TEST:
        raise OptionError("load(..., fold=True) is for phase='test'; a net that learns keeps its normalisation")
    importer = _importer(path)
    imported = importer.read(path, Request(phase, dict(shapes or {}), options))
    net = _opened(path, imported, backend, parameters, phase=phase, dtype=dtype, keep=_with_inputs(keep, imported))
    held = path_of(weights) if weights is not None else path if imported.has_weights else None
    net.notes = notes
    _fill(net, imported, held, allow_missing)
    net.notes = net.notes.completed(imported.notes).completed(_source(path, held))
    if not isinstance(importer, ExperimentImporter):
        hint(path, net.notes)
    return _folded(net) if fold else net


def _opened(
    path: Path, imported: Imported, backend: Backend | str | None, store: ParameterStore | None, **options: Any
) -> Net:
    """The net on its backend; no parameter has values yet."""
    opened = backend if isinstance(backend, Backend) else DefaultBackend(backend)
    gradients = imported.gradients if options["phase"] == TRAIN else ()
    try:
        return Net(
            imported.name,
            opened,
            imported.layers,
            gradients=gradients,
            parameters=store or ParameterStore(opened),
            **options,
        )
    except MissingFileError as error:
        raise MissingFileError(f"{error}{_without_data(imported)}") from error
    except MemoryError as error:
        raise ShapeError(f"{path}: this machine has too little memory for the net: {error}") from error


def _without_data(imported: Imported) -> str:
    """How to have a net whose data are gone."""
    sources = [layer for layer in imported.layers if layer.traits.source and not layer.traits.input]
    example = f"shapes={{{sources[0].tops[0]!r}: (1, ...)}}" if sources and sources[0].tops else ""
    return f"; to run the net without its data, say what comes in: load(..., {example})" if example else ""


def _source(path: Path, weights: Path | None) -> ModelNotes:
    """The names of the files, without their folders."""
    names = dict.fromkeys(each.name for each in (path, weights) if each is not None)
    return ModelNotes(source=" + ".join(names))


def _folded(net: Net) -> Net:
    with net:
        return fold_net(net)


def _with_inputs(keep: Sequence[str] | str, imported: Imported) -> tuple[str, ...]:
    """What is kept, and the inputs: `net.blob(name).set(array)` fills them before a forward."""
    names = (keep,) if isinstance(keep, str) else tuple(keep)
    return (*names, *(top for layer in imported.layers if layer.traits.input for top in layer.tops))


def _fill(net: Net, imported: Imported, source: Path | None, allow_missing: bool) -> None:
    """Give the net its weights; hold fast what is not to learn."""
    if source is not None:
        imported.load(net, source, allow_missing)
    elif net.phase == TEST and net.all_parameters:
        logger.warning("net %r was given no weights, so its parameters got initial values", imported.name)
    net.init()
    if net.phase == TRAIN and imported.frozen:
        net.freeze(*imported.frozen)


def _importer(path: Path) -> Importer:
    """The one importer that knows the file."""
    from ..plugins.loading import load_all

    if not path.exists():
        raise MissingFileError(f"there is no file {str(path)!r}; correct the path of the model")
    own = ExperimentImporter()
    if own.claims(path):
        return own
    found: list[tuple[str, Importer]] = []
    broken: list[str] = []
    for offer, kind in load_all(IMPORTERS):
        if isinstance(kind, PluginError):
            broken.append(str(kind))
        elif (importer := kind()).claims(path):
            found.append((offer.owner, importer))
    if len(found) > 1:
        raise PluginConflictError(f"{path} is claimed by {' and '.join(owner for owner, _ in found)}; uninstall one")
    if not found:
        raise _nobody(path, broken)
    return found[0][1]


def _nobody(path: Path, broken: Sequence[str]) -> OptionError:
    from ..plugins.advice import advise
    from ..plugins.scan import offers

    known = ", ".join(f"{offer.name} ({offer.owner})" for offer in offers(IMPORTERS)) or "none"
    if path.is_dir():
        return OptionError(f"{path} is a folder; name the file of the model in it")
    return OptionError(
        f"{path} is neither an experiment file (.toml) nor a model that an importer reads (installed: {known})"
        f"{'; ' + '; '.join(broken) if broken else ''}{'' if known != 'none' else advise()}"
    )
