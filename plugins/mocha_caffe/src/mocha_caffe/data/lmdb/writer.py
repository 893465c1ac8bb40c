"""A new LMDB, through the package `lmdb`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from mocha_core.errors import DataError, PluginError
from mocha_core.io.atomic import replacing

Records = Iterable[tuple[bytes, bytes]]
AT_ONCE = 1000
"""Records in one transaction, as Caffe's tools have it."""
LONGEST_KEY = 511
FIRST_SIZE = 1 << 24


def write_database(folder: str | Path, records: Records) -> int:
    """Write records (key, value) to a new LMDB in that folder, whole or not at all; how many there were.

    `DataError` if there is a database in the folder already.
    """
    lmdb = _package()
    target = Path(folder) / "data.mdb"
    if target.exists():
        raise DataError(f"{folder} holds a database already; delete it, or choose another name")
    new = not target.parent.exists()
    try:
        with replacing(target) as unfinished:
            return _write(lmdb, unfinished, records)
    except BaseException:
        if new and target.parent.exists():
            target.parent.rmdir()
        raise


def _write(lmdb: Any, path: Path, records: Records) -> int:
    count, waiting = 0, iter(records)
    options = {"subdir": False, "lock": False, "map_size": FIRST_SIZE, "meminit": False, "sync": False}
    with lmdb.open(str(path), **options) as database:
        while some := list(islice(waiting, AT_ONCE)):
            _put(lmdb, database, some)
            count += len(some)
        database.sync(True)
    return count


def _put(lmdb: Any, database: Any, some: list[tuple[bytes, bytes]]) -> None:
    """All of them, in a database made larger until they fit."""
    while True:
        try:
            with database.begin(write=True) as transaction:
                for key, value in some:
                    transaction.put(key[:LONGEST_KEY], value)
        except lmdb.MapFullError:
            database.set_mapsize(2 * database.info()["map_size"])
        else:
            return


def _package() -> Any:
    try:
        return importlib.import_module("lmdb")
    except ImportError as error:
        raise PluginError(
            "writing an LMDB needs the package lmdb: pip install 'mocha-caffe[lmdb]'; HDF5 files (OUT.h5) need nothing"
        ) from error
