"""Opening binary files: mapped, not read."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from mocha_core.errors import MissingFileError

from ..errors import WireError
from ..message import Message
from ..schema import MessageType, message_type
from ..source import Place, WireSource
from .decoder import Pieces

MOST_VALUES = 1_000_000
"""Values other than numbers of arrays, which cost nothing until they are used."""


def parse_wire(data: bytes | memoryview, kind: str | MessageType = "NetParameter", *, name: str = "<bytes>") -> Message:
    """The message in bytes. Arrays share the memory of `data`; nested messages are read when first asked for.

    A fault in a nested message raises `WireError` then; `read_all` finds all faults at once.
    """
    view = memoryview(data).cast("B")
    source = WireSource(name, view, MOST_VALUES)
    found = message_type(kind) if isinstance(kind, str) else kind
    message = Message(found, _place=Place(source), _pending=Pieces(source, [(0, len(view))]))
    message._present()
    return message


def open_wire(path: str | os.PathLike[str], kind: str | MessageType = "NetParameter") -> Message:
    """The message in a file of any size, without copying it: its arrays are views of the mapped file."""
    name = os.fspath(path)
    if not Path(path).is_file():
        raise MissingFileError(f"there is no file {name!r}")
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise WireError(f"{name} is empty; get it again")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return parse_wire(memoryview(mapped), kind, name=name)


def read_all(message: Message) -> Message:
    """The same message, all nested ones read (arrays stay where they are), so that every fault has come up."""
    waiting = [message]
    while waiting:
        waiting.extend(_nested(waiting.pop()))
    return message


def _nested(message: Message) -> Iterator[Message]:
    for name, value in message:
        field = message.message_type.fields[name]
        if field.kind == "message":
            yield from value if field.repeated else [value]
