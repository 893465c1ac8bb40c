"""`mocha caffe classify`: the likeliest classes of images."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mocha_core.cli.common import count
from mocha_core.errors import DataError, MissingFileError, OptionError
from mocha_core.log import logger
from mocha_core.ops import Size
from mocha_core.plan import TEST

from .common import add_import, add_shape, import_modules
from .machine import add_machine, open_net, paths
from .spelling import add_net_state

if TYPE_CHECKING:
    from mocha_core.net import Net
    from mocha_core.preprocessing import Preprocessing

    from ..importer import CaffeModel

TOP = 5
COLOURS = {3: "BGR", 1: "gray"}


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `classify`."""
    parser = subparsers.add_parser(
        "classify",
        help="the likeliest classes of images",
        description="An image is resized, cut to the middle that the net reads, its colours put into the order blue, "
        "green, red, the mean subtracted, the rest multiplied by the scale. What is not given comes from the model's "
        "transform_param, if it has one.",
    )
    parser.add_argument("model", type=Path, help="the deploy.prototxt of the net")
    parser.add_argument("weights", type=paths, help=".caffemodel, or several with commas between")
    parser.add_argument("images", type=Path, nargs="+", help="image files")
    parser.add_argument("--mean", metavar="FILE|B,G,R", help="mean image (.binaryproto, .npy), or a number per channel")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="names of the classes, one a line")
    parser.add_argument("--size", type=sides, metavar="HxW", help="what an image is resized to; default: what is read")
    parser.add_argument("--scale", type=float, help="of the values, 0.00390625 for some nets (1)")
    parser.add_argument("--top", type=count, default=TOP, metavar="N", help=f"how many classes to show ({TOP})")
    add_machine(parser)
    add_net_state(parser)
    add_shape(parser)
    add_import(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a paragraph for each image."""
    import_modules(args)
    labels = _labels(args.labels)
    net, model = open_net(args, args.model, TEST)
    with net.backend, net:
        prepare = _preprocessing(args, net, model)
        for path in args.images:
            scores = _scores(net, prepare.apply(path))
            print(f"---------- Prediction for {path} ----------")
            for index in np.argsort(-scores, kind="stable")[: args.top]:
                print(f'{scores[index]:.4f} - "{_name(labels, int(index), args.labels)}"')
    return 0


def sides(text: str) -> tuple[int, int]:
    """`256x256`, or `256` for both, for argparse.

    >>> sides("256x340")
    (256, 340)
    """
    parts = text.replace(",", "x").split("x")
    if not all(part.isdecimal() and int(part) > 0 for part in parts) or len(parts) > 2:
        raise argparse.ArgumentTypeError(f"{text} is no HEIGHTxWIDTH, such as 256x256")
    return int(parts[0]), int(parts[-1])


def _preprocessing(args: argparse.Namespace, net: Net, given: CaffeModel) -> Preprocessing:
    """What the options say, and where they are silent the model's own transform_param."""
    from mocha_core.preprocessing import Preprocessing

    model = given.model
    if len(model.inputs) != 1 or len(shape := net.blob(model.inputs[0]).shape) != 4 or shape[1] not in COLOURS:
        raise OptionError(f"{args.model}: classify needs one input of images, num x 1 or 3 x height x width")
    size: tuple[int, int] = (shape[2], shape[3])
    said = given.notes.preprocessing or Preprocessing(colour=COLOURS[shape[1]])
    if args.mean is None and given.notes.preprocessing is None:
        logger.warning("no --mean is given, and %s says none, so nothing is subtracted from the pixels", args.model)
    resize = args.size or said.resize or size
    return Preprocessing(
        colour=said.colour,
        resize=resize,
        crop=size,
        mean=said.mean if args.mean is None else _mean(args.mean, resize),
        scale=said.scale if args.scale is None else args.scale,
    )


def _mean(given: str, size: Size) -> Any:
    """Numbers, or a mean image; of one of another size the mean of each channel, as in Caffe's example."""
    from ..data.mean_file import read_mean

    if not Path(given).exists():
        try:
            return tuple(float(part) for part in given.split(","))
        except ValueError:
            raise MissingFileError(f"--mean {given}: there is no such file, and it is no list of numbers") from None
    mean = read_mean(given)
    if mean.ndim == 1:
        return tuple(float(value) for value in mean)
    return mean if mean.shape[1:] == size else tuple(float(value) for value in mean.mean(axis=(1, 2), dtype=np.float64))


def _scores(net: Net, batch: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    found = net.predict(batch)
    if isinstance(found, dict):
        raise OptionError(f"the net has several outputs, {', '.join(found)}; classify needs one")
    return np.asarray(found).reshape(-1)


def _labels(path: Path | None) -> Sequence[str]:
    if path is None:
        return ()
    if not path.is_file():
        raise MissingFileError(f"--labels {path}: there is no such file")
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _name(labels: Sequence[str], index: int, path: Path | None) -> str:
    if path is not None and index >= len(labels):
        raise DataError(f"{path} names {len(labels)} classes, and class {index} was found; take the net's own list")
    return labels[index] if labels else f"class {index}"
