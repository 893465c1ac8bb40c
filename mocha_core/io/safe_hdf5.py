"""Reading HDF5 files that somebody else may have written: nothing is followed, computed or allocated unasked."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import MissingFileError, MochaError, SnapshotError

Datasets: TypeAlias = Mapping[str, Any]
"""The data sets of an open file by path, none of them read yet."""

KINDS = "fiubS"
"""Element types that may be read: floats, integers, booleans, text of fixed length."""

FILTERS = {1: "deflate", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}
CHUNK_BYTES = 64 << 20


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[tuple[Any, Datasets]]:
    """The open file and its data sets; every fault, also one met inside the block, becomes a `SnapshotError`.

    Refused: soft and external links, cycles, data kept outside the file, virtual data sets, compound, object and
    variable-length types, filters other than h5py's own.
    """
    import h5py

    refuse_julia(path)
    if not Path(path).is_file():
        raise MissingFileError(_absent(Path(path)))
    with _explained(path), h5py.File(path, "r") as file:
        yield file, dict(_walk(file, "", {_address(file)}))


def _absent(path: Path) -> str:
    if not path.is_dir():
        return f"there is no file {os.fspath(path)!r}"
    files = sorted(each.name for each in path.iterdir() if each.suffix in (".h5", ".hdf5"))
    return f"{os.fspath(path)!r} is a folder; name a file in it" + (f", such as {files[-1]!r}" if files else "")


def refuse_julia(path: str | os.PathLike[str]) -> None:
    """Raise `SnapshotError` for a `.jld` file, which holds types that only Julia reads."""
    if Path(path).suffix == ".jld":
        raise SnapshotError(
            f"{os.fspath(path)} is a file of the Julia framework, which only Julia reads; save its parameters there as "
            f"HDF5 data sets named <layer>___<param>, and load that .h5 file"
        )


def stored_bytes(datasets: Datasets) -> int:
    """How many bytes the data sets say they hold."""
    return sum(_nbytes(dataset) for dataset in datasets.values())


def read(dataset: Any, shape: tuple[int, ...]) -> Any:
    """A data set's values, if it says it has the shape that the caller expects; nothing is allocated otherwise."""
    if tuple(dataset.shape) != shape:
        raise SnapshotError(f"{dataset.name} has shape {tuple(dataset.shape)}, not {shape}")
    return dataset[()]


@contextlib.contextmanager
def _explained(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except SnapshotError as error:
        raise SnapshotError(f"{os.fspath(path)}: {error}") from error
    except MochaError:
        raise
    except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"{os.fspath(path)} is damaged or no HDF5 file: {error}") from error


def _walk(group: Any, prefix: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    import h5py

    for name in group:
        path = f"{prefix}{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise SnapshotError(f"{path} is a link to somewhere else; such files are not read")
        member = group[name]
        if _address(member) in seen:
            raise SnapshotError(f"{path} is there under two names; such files are not read")
        seen.add(_address(member))
        if isinstance(member, h5py.Group):
            yield from _walk(member, f"{path}/", seen)
        elif isinstance(member, h5py.Dataset):
            _check_dataset(path, member)
            yield path, member
        else:
            raise SnapshotError(f"{path} is neither a group nor a data set")


def _check_dataset(path: str, dataset: Any) -> None:
    if dataset.is_virtual or dataset.external:
        raise SnapshotError(f"the data of {path} lie in other files; such files are not read")
    if dataset.shape is None or dataset.dtype.kind not in KINDS or dataset.dtype.subdtype:
        raise SnapshotError(f"{path} has elements of type {dataset.dtype}; only numbers are read")
    plist = dataset.id.get_create_plist()
    used = [plist.get_filter(index)[0] for index in range(plist.get_nfilters())]
    if strange := [code for code in used if code not in FILTERS]:
        raise SnapshotError(f"{path} is packed by filter {strange[0]}; known are {', '.join(FILTERS.values())}")
    if dataset.chunks and math.prod(dataset.chunks) * dataset.dtype.itemsize > max(CHUNK_BYTES, _nbytes(dataset)):
        raise SnapshotError(f"{path} has pieces of shape {dataset.chunks}, larger than itself")


def _nbytes(dataset: Any) -> int:
    return int(math.prod(dataset.shape) * dataset.dtype.itemsize)


def _address(member: Any) -> int:
    import h5py

    return int(h5py.h5o.get_info(member.id).addr)
