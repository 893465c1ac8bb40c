"""What a file is, told from its first bytes, before anything parses it."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path

from mocha_core.errors import MissingFileError

from .errors import CaffeFileError
from .guess import binary_kind

LOOK = 1 << 16
MOST_STRANGE = 0.2
"""Of the letters of a text, those that are no UTF-8: names in an older encoding."""
HDF5_PLACES = (0, 512, 1024, 2048, 4096)
HDF5 = b"\x89HDF\r\n\x1a\n"
TEXT_FIELD = re.compile(r"(?:^|[\s{};,])(\w+)\s*[:{<]")
SOLVER_FIELDS = {"base_lr", "lr_policy", "max_iter", "train_net", "solver_mode", "solver_type", "snapshot_prefix"}
NET_FIELDS = {"layer", "layers", "input", "name"}


class Kind(StrEnum):
    """What a file holds."""

    NET_TEXT = "a prototxt of a net"
    SOLVER_TEXT = "a prototxt of a solver"
    NET = "a .caffemodel"
    HDF5 = "an HDF5 file"
    SOLVER_STATE = "a .solverstate"
    BLOB = "a .binaryproto"
    DATUM = "a Datum record"
    TEXT = "a text file"
    EMPTY = "an empty file"
    LFS = "a git-LFS pointer"
    HTML = "an HTML page"
    XML = "an XML file"
    JSON = "a JSON file"
    ARCHIVE = "an archive"
    ONNX = "an ONNX model"
    PICKLE = "a pickle (PyTorch)"
    NUMPY = "a NumPy file"
    LMDB = "an LMDB"
    LMDB_FILE = "the file inside an LMDB"
    LEVELDB = "a LevelDB"
    SAFETENSORS = "a safetensors file"
    IMAGE = "an image"
    FOLDER = "a folder"
    OTHER = "no file of Caffe's"


ADVICE = {
    Kind.EMPTY: "get it again",
    Kind.LFS: "it only says where the model is; run `git lfs pull` in its repository, or download the file itself",
    Kind.HTML: "a web page was saved instead of the model; look into it, and download again from the direct link",
    Kind.ARCHIVE: "unpack it first",
    Kind.ONNX: "it needs no conversion",
    Kind.IMAGE: "look at the order of the files in the command",
    Kind.TEXT: "it has no field of a net or a solver; look into it",
    Kind.NUMPY: "it holds plain arrays, and no model",
    Kind.JSON: "it is not from Caffe",
    Kind.DATUM: "it holds a single image with its label, as databases do",
    Kind.SAFETENSORS: "it holds parameters and no net; give it as the weights of one",
    Kind.OTHER: "it is damaged, or of another program; get it again",
    Kind.PICKLE: "it is not from Caffe; it may run code when opened, so it is not read",
    Kind.LMDB: "it holds data, not a model",
    Kind.LMDB_FILE: "name the folder that it lies in",
    Kind.LEVELDB: "convert it to an LMDB with Caffe's own tools, or get the images again",
    Kind.XML: "models in XML (OpenVINO) are not read",
    Kind.FOLDER: "name a file in it",
    Kind.NET_TEXT: "it describes a net and holds no weights",
    Kind.SOLVER_TEXT: "it describes a training; the net is the file it names",
    Kind.NET: "it holds a net with its weights",
    Kind.SOLVER_STATE: "it holds the state of a training; the weights are in the .caffemodel of the same iteration",
    Kind.BLOB: "it holds a single blob, such as a mean image",
    Kind.HDF5: "a .caffemodel.h5 or .solverstate.h5 is asked for as such",
}
MAGIC = (
    (HDF5, Kind.HDF5),
    (b"version https://git-lfs.github.com/spec/", Kind.LFS),
    (b"PK\x03\x04", Kind.ARCHIVE),
    (b"PK\x05\x06", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"BZh", Kind.ARCHIVE),
    (b"\xfd7zXZ\x00", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Kind.ARCHIVE),
    (b"Rar!", Kind.ARCHIVE),
    (b"\x80\x02", Kind.PICKLE),
    (b"\x80\x04", Kind.PICKLE),
    (b"\x93NUMPY", Kind.NUMPY),
    (b"\x89PNG", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
)


def sniff(path: str | os.PathLike[str]) -> Kind:
    """What the file holds, from at most its first 64 KB."""
    file = Path(path)
    if file.is_dir():
        return _folder_kind(file)
    if not file.is_file():
        raise MissingFileError(f"there is no file {os.fspath(path)!r}; correct the path")
    with file.open("rb") as opened:
        return sniff_bytes(opened.read(LOOK), file.stat().st_size)


def sniff_bytes(head: bytes, size: int | None = None) -> Kind:
    """What a file holds that begins with `head` and has `size` bytes.

    >>> sniff_bytes(b"version https://git-lfs.github.com/spec/v1")
    <Kind.LFS: 'a git-LFS pointer'>
    """
    if not head:
        return Kind.EMPTY
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if any(head[place : place + len(HDF5)] == HDF5 for place in HDF5_PLACES):
        return Kind.HDF5
    if head[16:20] == b"\xde\xc0\xef\xbe":
        return Kind.LMDB_FILE
    if head[257:262] == b"ustar":
        return Kind.ARCHIVE
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < (size or len(head)):
        return Kind.SAFETENSORS
    return _text_kind(head) or Kind[binary_kind(head, len(head) if size is None else size)]


def require(path: str | os.PathLike[str], *kinds: Kind) -> Kind:
    """The file's kind, if it is one of these; else an error that says what the file is and what to do."""
    found = sniff(path)
    if found in kinds:
        return found
    wanted = " or ".join(str(kind) for kind in kinds)
    advice = f"; {ADVICE[found]}" if found in ADVICE else ""
    raise CaffeFileError(f"{os.fspath(path)} is {found}, where {wanted} is wanted{advice}")


def _folder_kind(folder: Path) -> Kind:
    if (folder / "data.mdb").is_file():
        return Kind.LMDB
    return Kind.LEVELDB if (folder / "CURRENT").is_file() else Kind.FOLDER


def _text_kind(head: bytes) -> Kind | None:
    """Which text; None if there are bytes that no text has."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Kind.TEXT
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.count("\ufffd") > len(text) * MOST_STRANGE:
        return None
    start = text[:200].lower()
    if start.startswith(("<!doctype html", "<html")) or "<head" in start:
        return Kind.HTML
    if start.startswith("<?xml"):
        return Kind.HTML if "<html" in text[:2000].lower() else Kind.XML
    if start.startswith(("{", "[{")):
        return Kind.JSON
    return _prototxt_kind(re.sub(r"#[^\r\n]*", "", text))


def _prototxt_kind(text: str) -> Kind:
    fields = set(TEXT_FIELD.findall(text))
    if fields & SOLVER_FIELDS or ("net" in fields and not fields & NET_FIELDS):
        return Kind.SOLVER_TEXT
    return Kind.NET_TEXT if fields & NET_FIELDS or not text.strip() else Kind.TEXT
