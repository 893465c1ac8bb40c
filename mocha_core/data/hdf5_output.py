"""Results of a net in an HDF5 file that grows."""

from __future__ import annotations

import contextlib
import logging
import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError
from ..io.atomic import replacing
from .collector import Collector
from .source import HostArray

log = logging.getLogger("mocha")


class HDF5Collector(Collector):
    """Appends each batch to one dataset per blob, of any length along the first axis, in chunks of one batch.

    The file gets its name when the collector is closed, at the latest when the program ends; a program that is killed
    leaves a file of the same name untouched. Nothing is written before the first batch.

    label: what errors call the layer.   overwrite: whether a file of that name may be replaced. One that may not is a
    `DataError` at once; if it appears later, when the collector is closed, and the results are kept beside it.
    """

    def __init__(self, label: str, path: str | os.PathLike[str], names: Sequence[str], overwrite: bool) -> None:
        self.label, self.path, self.names, self.overwrite = label, Path(path), tuple(names), overwrite
        if self.path.exists():
            if not overwrite:
                raise self._fault("is there already; write force_overwrite=True to replace it")
            log.warning("%s will replace %s", label, self.path)
        self._file: Any = None
        self._open = contextlib.ExitStack()
        self._finish = weakref.finalize(self, _finish, self._open, label)

    def take(self, arrays: tuple[HostArray, ...]) -> None:
        if not self._finish.alive:
            raise self._fault("is closed; build the net again to write on")
        rows = [np.atleast_1d(array) for array in arrays]
        try:
            self._file = self._file or self._create(rows)
            for name, batch in zip(self.names, rows, strict=True):
                _append(self._file[name], batch)
        except OSError as error:
            raise self._fault(f"cannot be written: {error}") from error

    def close(self) -> None:
        self._finish()

    def _create(self, rows: Sequence[HostArray]) -> Any:
        import h5py

        unfinished = self._open.enter_context(replacing(self.path, overwrite=self.overwrite))
        file = self._open.enter_context(h5py.File(unfinished, "w", libver=("v108", "v108")))
        for name, batch in zip(self.names, rows, strict=True):
            sample = batch.shape[1:]
            file.create_dataset(name, (0, *sample), batch.dtype, maxshape=(None, *sample), chunks=batch.shape)
        return file

    def _fault(self, text: str) -> DataError:
        return DataError(f"{self.label}: the file {self.path} {text}")


def _finish(file: contextlib.ExitStack, label: str) -> None:
    try:
        file.close()
    except FileExistsError as error:
        raise DataError(
            f"{label}: the file {error.filename2} was written by somebody else since this net was built, and is left "
            f"alone; the results are in {error.filename}: give that file another name"
        ) from error


def _append(dataset: Any, batch: HostArray) -> None:
    length = len(dataset)
    dataset.resize(length + len(batch), axis=0)
    dataset[length:] = batch
