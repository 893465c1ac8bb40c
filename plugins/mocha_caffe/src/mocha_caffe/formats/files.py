"""Opening Caffe's files by name: told apart first, read then, brought to the current format last."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from .blobs import Array, blob_array
from .errors import CaffeFileError
from .message import Message
from .sniff import Kind, require
from .text import parse_text
from .unknown import Unknown
from .upgrade import Upgraded, upgrade_net, upgrade_solver
from .wire import open_wire, read_all

LONGEST_TEXT = 64 << 20


def read_text(path: str | os.PathLike[str], kind: str = "NetParameter") -> Message:
    """A prototxt as it is, without upgrades."""
    require(path, Kind.NET_TEXT, Kind.SOLVER_TEXT, Kind.TEXT)
    name, size = os.fspath(path), Path(path).stat().st_size
    if size > LONGEST_TEXT:
        raise CaffeFileError(f"{name} has {size >> 20} MB; no prototxt is longer than {LONGEST_TEXT >> 20} MB")
    raw = Path(path).read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CaffeFileError(f"{name} is UTF-16; save it as UTF-8")
    return parse_text(raw.decode("utf-8", "surrogateescape"), kind, name=name)


def read_net(path: str | os.PathLike[str]) -> Upgraded:
    """A net from a prototxt or a .caffemodel of any age, in the current format; weights stay in the file."""
    if require(path, Kind.NET_TEXT, Kind.NET) is Kind.NET:
        return upgrade_net(read_all(open_wire(path)))
    return upgrade_net(read_text(path))


def read_solver(path: str | os.PathLike[str]) -> Message:
    """A solver prototxt, in the current format."""
    require(path, Kind.SOLVER_TEXT)
    return upgrade_solver(read_text(path, "SolverParameter"), path)


def read_solver_state(path: str | os.PathLike[str]) -> Message:
    """A binary .solverstate."""
    require(path, Kind.SOLVER_STATE)
    return read_all(open_wire(path, "SolverState"))


def read_blob(path: str | os.PathLike[str]) -> Array:
    """The array in a .binaryproto, such as a mean image (1, channels, height, width)."""
    require(path, Kind.BLOB)
    return blob_array(open_wire(path, "BlobProto"))


def unknown_fields(message: Message) -> Iterator[tuple[Message, Unknown]]:
    """All fields that the schema does not know, each with the message it stands in."""
    yield from ((message, unknown) for unknown in message.unknown)
    for name, value in message:
        field = message.message_type.fields[name]
        if field.kind == "message":
            for nested in value if field.repeated else [value]:
                yield from unknown_fields(nested)


def describe_unknown(message: Message) -> list[str]:
    """A line for each unknown field: its place, its name, and the known one it resembles."""
    return [described(inside, unknown) for inside, unknown in unknown_fields(message)]


def described(inside: Message, unknown: Unknown) -> str:
    """The line for one, and the message it stands in."""
    name = inside.message_type.name
    if not unknown.text:
        return f"{unknown.place}: field {unknown.name} of {name} is unknown"
    near = difflib.get_close_matches(unknown.name, inside.message_type.fields, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{unknown.place}: {name} has no field {unknown.name!r}{hint}"
