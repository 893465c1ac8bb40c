"""Pictures to HDF5 files that HDF5DataLayer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from mocha_core.blob import Shape
from mocha_core.data.convert.writing import write_list
from mocha_core.data.pipeline import Pipeline
from mocha_core.data.source import HostArray
from mocha_core.data.transformers import Transformer
from mocha_core.errors import DataError
from mocha_core.io.atomic import replacing

from .picture import Picture

AT_ONCE = 256
"""Images in memory at a time."""
Say = Callable[[str], None]


def write_hdf5(
    listing: Path,
    pictures: Iterable[Picture],
    per_file: int = 0,
    transformers: Sequence[Transformer] = (),
    say: Say = print,
) -> None:
    """Write the list `NAME.txt` and, beside it, NAME.h5, or NAME-000.h5, NAME-001.h5, ... with `per_file` images each.

    Datasets: `data` (num, channels, height, width), bytes or float32 as in the pictures, float32 where there are
    transformers; `label` (num, 1) int32. Raises `DataError` if an image has another size than the first.
    """
    names: list[str] = []
    waiting = iter(pictures)
    for number, first in enumerate(waiting):
        names.append(f"{listing.stem}-{number:03}.h5" if per_file else f"{listing.stem}.h5")
        part = chain([first], islice(waiting, per_file - 1) if per_file else waiting)
        count = _write(listing.with_name(names[-1]), part, first, transformers)
        say(f"{listing.with_name(names[-1])}: {count} images")
    write_list(listing, *names)
    say(f"listed in {listing}")


def _write(target: Path, pictures: Iterator[Picture], first: Picture, transformers: Sequence[Transformer]) -> int:
    import h5py

    run = _Transformed(first, transformers)
    with replacing(target) as unfinished, h5py.File(unfinished, "w") as file:
        data = file.create_dataset("data", (0, *run.shape), run.dtype, maxshape=(None, *run.shape), chunks=True)
        label = file.create_dataset("label", (0, 1), "int32", maxshape=(None, 1), chunks=(1024, 1))
        while some := list(islice(pictures, AT_ONCE)):
            _append(data, run(some))
            _append(label, np.array([[picture.label] for picture in some], np.int32))
        return len(data)


class _Transformed:
    """What is written of pictures. shape, dtype: of one."""

    def __init__(self, first: Picture, transformers: Sequence[Transformer]) -> None:
        self.first = first
        self.dtype = "float32" if transformers else first.pixels.dtype.name
        self._pipeline = Pipeline(list(enumerate(transformers)), (1, *first.shape), self.dtype)
        self.shape: Shape = self._pipeline.shape[1:]

    def __call__(self, some: Sequence[Picture]) -> HostArray:
        whole = np.empty((len(some), *self.shape), self.dtype)
        for place, picture in enumerate(some):
            if picture.shape != self.first.shape:
                raise DataError(
                    f"{picture.place} has the shape {picture.shape} (channels, height, width), {self.first.place} "
                    f"{self.first.shape}; HDF5 files hold images of one size"
                )
            self._pipeline.target(whole[place : place + 1])[0] = picture.pixels
            self._pipeline.run(whole[place : place + 1], place)
        return whole


def _append(dataset: Any, rows: HostArray) -> None:
    length = len(dataset)
    dataset.resize(length + len(rows), axis=0)
    dataset[length:] = rows
