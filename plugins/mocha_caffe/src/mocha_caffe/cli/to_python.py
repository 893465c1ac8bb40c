"""`mocha caffe to-python`: a net as source, to leave Caffe's format for good."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mocha_core.errors import MochaError, OptionError
from mocha_core.plan import TEST, TRAIN

from .common import add_model, import_modules

if TYPE_CHECKING:
    from ..importer import CaffeModel


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `to-python`."""
    parser = subparsers.add_parser(
        "to-python",
        help="readable Python source that builds the same net",
        description="With weights and -o NET.py, the weights go into NET.h5 beside it, and the program loads them.",
    )
    add_model(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="NET.py", help="file to write; default: print")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print or write the source."""
    from ..source import to_python

    import_modules(args)
    if args.weights is not None and args.output is None:
        raise OptionError("with weights, -o NET.py says where the program goes; they go into NET.h5 beside it")
    models = _models(args)
    saved = _save_weights(args, models) if args.output is not None else None
    text = to_python({phase: each.model for phase, each in models.items()}, args.model.name, saved)
    if args.output is None:
        print(text, end="")
    else:
        args.output.parent.mkdir(parents=True, exist_ok=True)
        args.output.write_text(text, encoding="utf-8")
    return 0


def _models(args: argparse.Namespace) -> dict[str, CaffeModel]:
    """The net of each phase that the file has a net for."""
    from ..importer import read_model
    from ..translate import Settings

    found: dict[str, CaffeModel] = {}
    errors: list[MochaError] = []
    for phase in (TRAIN, TEST):
        try:
            settings = Settings(phase=phase, level=args.level, stages=args.stage)
            found[phase] = read_model(args.model, settings, dict(args.shape))
        except MochaError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    return found


def _save_weights(args: argparse.Namespace, models: dict[str, CaffeModel]) -> Path | None:
    """The weights in Mocha's own format, in a file beside the program; its name."""
    from mocha_core import DefaultBackend, Net, save_network

    phase, model = next(reversed(models.items()))
    source = args.weights or (args.model if model.has_weights else None)
    if source is None:
        return None
    path: Path = args.output.with_suffix(".h5")
    with DefaultBackend() as backend, Net(model.name, backend, model.layers, phase=phase) as net:
        model.load(net, source)
        net.init()  # memories of recurrent layers, and weights that only their filler gives
        save_network(path, net)
    return Path(path.name)
