"""Options of Caffe's command line that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mocha_core.cli.common import count
from mocha_core.errors import OptionError

from .spelling import add_option, names

if TYPE_CHECKING:
    from mocha_core.backend import Backend
    from mocha_core.net import Net

    from ..importer import CaffeModel


def add_file(parser: argparse.ArgumentParser, name: str, what: str) -> None:
    """A file that is given by its place or as `-name FILE`."""
    parser.add_argument(name, nargs="?", default=argparse.SUPPRESS, help=what)
    add_option(parser, name, metavar="FILE", help="the same, as Caffe's tools take it")


def add_weights(parser: argparse.ArgumentParser, what: str) -> None:
    """Files with weights, with commas between."""
    add_option(parser, "weights", type=paths, default=(), metavar="A[,B]", help=what)


def add_machine(parser: argparse.ArgumentParser) -> None:
    """Where to compute."""
    parser.add_argument("--backend", metavar="NAME", help="which backend; default: the best that works here")
    add_option(parser, "gpu", type=gpu, metavar="0", help="the same as --backend cuda")


def add_iterations(parser: argparse.ArgumentParser, default: int | None, what: str) -> None:
    """How often."""
    add_option(parser, "iterations", type=count, default=default, metavar="N", help=what)


def paths(text: str) -> tuple[Path, ...]:
    """`a.caffemodel,b.caffemodel`, for argparse."""
    return tuple(map(Path, names(text)))


def gpu(text: str) -> str:
    """Caffe's `-gpu 0`: the name of the backend, for argparse."""
    if text not in ("0", "all"):
        raise argparse.ArgumentTypeError(f"one GPU at a time: CUDA_VISIBLE_DEVICES={text} chooses it, then -gpu 0")
    return "cuda"


def needed(args: argparse.Namespace, name: str, example: str) -> Path:
    """A file that must be given."""
    found: str | None = getattr(args, name)
    if found is None:
        raise OptionError(f"the {name} is missing: {example}")
    return Path(found)


def open_backend(args: argparse.Namespace) -> Backend:
    """The one asked for."""
    from mocha_core.default_backend import DefaultBackend

    return DefaultBackend(args.backend or args.gpu)


def open_net(args: argparse.Namespace, path: Path, phase: str, keep: tuple[str, ...] = ()) -> tuple[Net, CaffeModel]:
    """The net in a file, on the backend asked for, with its weights; `keep`: blobs to read, by Caffe's names.

    `args.shape`, where a command has it, makes inputs.
    """
    from mocha_core.errors import BlobAccessError, suggest
    from mocha_core.net import Net
    from mocha_core.parameters import ParameterStore

    from ..importer import read_model
    from ..translate import Settings

    settings = Settings(phase=phase, level=args.level, stages=args.stage)
    model = read_model(path, settings, dict(vars(args).get("shape", ())))
    known = model.model.blobs
    for name in keep:
        if name not in known:
            raise BlobAccessError(f"{path}: the net has no blob {name!r}{suggest(name, known)}")
    kept = tuple(dict.fromkeys((*(known[name] for name in keep), *model.model.inputs)))
    backend = open_backend(args)
    net = Net(model.name, backend, model.layers, phase=phase, keep=kept, parameters=ParameterStore(backend))
    for weights in args.weights or ([path] if model.has_weights else []):
        model.load(net, weights, allow_missing=phase == "train")
    return net, model


def need_data(path: Path, model: CaffeModel) -> None:
    """Refuse a net whose inputs only a program can fill."""
    if inputs := model.model.inputs:
        raise OptionError(
            f"{path}: nothing fills the input {', '.join(inputs)}; name a prototxt with its data, such as "
            f"train_val.prototxt; for arrays use net.predict"
        )
