"""Batches from HDF5 files of any size, shuffled chunk by chunk."""

from __future__ import annotations

from ..data.async_hdf5 import AsyncHDF5Source
from ..data.blocks import BlockLimit
from ..data.source import Source
from ..specs import spec
from .hdf5_files import HDF5Files


@spec(kw_only=True)
class AsyncHDF5DataLayer(HDF5Files):
    """Reads the same files as `HDF5DataLayer`, chunk by chunk: a thread reads one chunk while the one before is used.

    source, batch_size, transformers: as in `HDF5DataLayer`.
    shuffle: each epoch has the files in a new order, the chunks of a file in a new order, and the samples of a chunk in
    a new order. So samples mix within a chunk only: the larger, the better. Files may be chunked and compressed.
    chunk_size: samples that are read at once.
    max_bytes: what the two chunks in memory may take; chunk_size is lowered where it asks for more, and that is logged.

    Order, batches and epochs are otherwise those of `HDF5DataLayer`. All files are opened and checked when the net is
    built; afterwards one is open at a time, and none may change its length.

    >>> from mocha_core import AsyncHDF5DataLayer
    >>> AsyncHDF5DataLayer(name="train-data", source="train.txt", batch_size=64, shuffle=True).chunk_size
    1048576
    """

    name: str = "hdf5-data"
    chunk_size: int = 2**20
    max_bytes: int = 2**28

    def check_reading(self) -> None:
        for option in ("chunk_size", "max_bytes"):
            if getattr(self, option) < 1:
                raise self.refuse(f"{option} is {getattr(self, option)}; it must be at least 1")

    def reader(self, seed: int) -> Source:
        limit = BlockLimit(self.chunk_size, self.max_bytes)
        order = (seed, self.name) if self.shuffle else None
        return AsyncHDF5Source(self.files(), self.batch_size, limit, order)
