"""`mocha export`: a model as a file that other programs read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import MissingFileError
from .common import shape
from .importing import add_import, import_modules


def add_parser(subparsers: Any) -> None:
    """Add the subcommand `export`."""
    parser = subparsers.add_parser(
        "export",
        help="write a model as ONNX, safetensors or HDF5",
        description="Reads whatever mocha.load opens, and writes the format that the suffix of the output names: "
        ".safetensors and .h5 hold the parameters, .onnx (with mocha-onnx) the net as it predicts.",
    )
    parser.add_argument("model", type=Path, help="experiment file (TOML), or a model that an importer reads")
    parser.add_argument("weights", type=Path, nargs="?", help="snapshot or model file with the parameters")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="what to write")
    parser.add_argument("--backend", metavar="NAME", help="which backend; default: the best that works here")
    parser.add_argument("--fold", action="store_true", help="merge batch normalisation and scales into other layers")
    parser.add_argument("--licence", metavar="FILE", help="licence of the model, as a file or a text, to go with it")
    parser.add_argument("--attribution", metavar="FILE", help="who made the model, as a file or a text, likewise")
    parser.add_argument(
        "--shape",
        type=shape,
        action="append",
        default=[],
        metavar="BLOB=1x3x227x227",
        help="sizes of an input, instead of the file's; makes an input of a data layer",
    )
    parser.add_argument(
        "--option",
        type=option,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of the format, for ONNX: opset=17, batch=1 or batch=dynamic, outputs=prob,fc7",
    )
    add_import(parser, "registers layers of yours, for the importer of the model")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Load, write, and say what was written."""
    from ..io.exporting import export
    from ..io.loading import load

    import_modules(args)
    if args.weights is not None and not args.weights.is_file():
        raise MissingFileError(f"{args.weights}: there is no such file; name a snapshot or a model file")
    options = {name: getattr(args, name) for name in ("backend", "fold", "licence", "attribution")}
    with load(args.model, args.weights, shapes=dict(args.shape), **options) as net:
        for sentence in export(net, args.output, **dict(args.option)):
            print(sentence)
    print(f"{args.output}: {args.output.stat().st_size} bytes")
    return 0


def option(text: str) -> tuple[str, Any]:
    """`name=value`, for argparse; a value with commas is a list.

    >>> option("opset=17"), option("outputs=prob,fc7"), option("batch=dynamic")
    (('opset', 17), ('outputs', ['prob', 'fc7']), ('batch', 'dynamic'))
    """
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} is no NAME=VALUE, such as opset=17")
    if "," in value:
        return name, value.split(",")
    if value in WORDS:
        return name, WORDS[value]
    return name, int(value) if value.removeprefix("-").isdecimal() else value


WORDS = {"true": True, "True": True, "false": False, "False": False}
