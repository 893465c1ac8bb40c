"""`export`: a net as a file that other programs read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OptionError, PluginError
from .atomic import replacing
from .exporter import Exporter
from .importer import path_of

if TYPE_CHECKING:
    from ..net import Net

EXPORTERS = "mocha.exporters"


def export(net: Net, path: str | os.PathLike[str], **options: Any) -> tuple[str, ...]:
    """Write a net in the format that the suffix of `path` names; sentences on what was written and checked.

    `.h5`, `.hdf5`, `.safetensors`: the parameters, under the names that `load_network` reads. Other formats come with
    packages: `.onnx`, the net as it predicts, with mocha-onnx. Licence, attribution and preprocessing that the net knows
    of go with it. The file is there whole or not at all.

    options: of the format.

    >>> from mocha_core import InnerProductLayer, InputLayer, Net
    >>> from mocha_core.testing import ReferenceBackend
    >>> layers = [InputLayer(tops=["x"], shapes=[(1, 4)]), InnerProductLayer(name="ip", output_dim=3, bottoms=["x"], tops=["y"])]
    >>> net = Net("small", ReferenceBackend(), layers)
    >>> net.init()
    >>> print(*export(net, "small.safetensors"))
    2 parameters, 15 numbers
    """  # noqa: E501
    target = path_of(path)
    exporter = _exporter(target)
    if target.is_dir():
        raise OptionError(f"{target} is a folder; name a file in it")
    with replacing(target) as unfinished:
        return exporter.write(net, unfinished, net.notes.as_strings(), options)


class HDF5Exporter(Exporter):
    """Parameters and notes as `save_network` writes them."""

    def write(self, net: Net, path: Path, notes: Mapping[str, str], options: Mapping[str, Any]) -> tuple[str, ...]:
        from .model_file import save_network

        _refuse("an HDF5 file", options)
        save_network(path, net)
        return (_counted(net),)


class SafetensorsExporter(Exporter):
    """Parameters under the same names; notes are metadata of the file."""

    def write(self, net: Net, path: Path, notes: Mapping[str, str], options: Mapping[str, Any]) -> tuple[str, ...]:
        from .model_file import parameter_arrays
        from .safetensors import write_safetensors

        _refuse("a safetensors file", options)
        write_safetensors(path, parameter_arrays(net), notes)
        return (_counted(net),)


OWN: Mapping[str, type[Exporter]] = {
    "h5": HDF5Exporter,
    "hdf5": HDF5Exporter,
    "safetensors": SafetensorsExporter,
}


def _exporter(path: Path) -> Exporter:
    """The one for files of this suffix."""
    from ..plugins.loading import pick
    from ..plugins.scan import offers

    suffix = path.suffix.removeprefix(".").lower()
    if suffix in OWN:
        return OWN[suffix]()
    if not any(offer.name == suffix for offer in offers(EXPORTERS)):
        raise _nobody(path, suffix)
    offer = pick(EXPORTERS, suffix)
    kind = offer.load()
    if not (isinstance(kind, type) and issubclass(kind, Exporter)):
        raise offer.broken(f"{kind!r} is no subclass of Exporter")
    return kind()


def _nobody(path: Path, suffix: str) -> PluginError:
    from ..plugins.advice import installing
    from ..plugins.scan import offers

    found = list(offers(EXPORTERS))
    names = [*OWN, *(offer.name for offer in found)]
    known = ", ".join([*(f".{name}" for name in OWN), *(f".{offer.name} ({offer.owner})" for offer in found)])
    what = f"files of the suffix .{suffix}" if suffix else f"{path.name!r}, which has no suffix"
    near = get_close_matches(suffix, names, n=1) or names[:1]
    advice = installing(suffix) or f"; name the file {path.with_suffix('.' + near[0]).name!r}, for example"
    return PluginError(f"nobody writes {what}; installed: {known}{advice}")


def _refuse(what: str, options: Mapping[str, Any]) -> None:
    for name in options:
        raise OptionError(f"export has no option {name!r} for {what}")


def _counted(net: Net) -> str:
    return f"{len(net.all_parameters)} parameters, {sum(p.blob.spec.size for p in net.all_parameters)} numbers"
