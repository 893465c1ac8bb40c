"""Batches from HDF5 files."""

from __future__ import annotations

from collections.abc import Sequence

from ..blob import Shape
from ..data.hdf5 import HDF5Source, sample_shapes
from ..data.listing import listed_files
from ..data.source import Source
from ..specs import spec
from .data_layer import DataLayer


@spec(kw_only=True)
class HDF5DataLayer(DataLayer):
    """Reads the datasets named like its tops from the HDF5 files that a text file lists, round and round.

    source: the list file, one path a line. A relative path counts from the working directory or, if there is no such
    file, from the folder of the list file.
    batch_size, shuffle, transformers: as in every data layer. Shuffled, the files are read in a new order each epoch,
    and the samples of a file in a new order each time it is opened.

    Datasets have their samples along the first axis: `data` (n, channels, height, width), `label` (n, 1). Integers and
    floats of any size are converted to the net's type. Files are opened one at a time, ahead of time in a thread.
    Uncompressed files that are not chunked are the quickest to shuffle.

    >>> from mocha_core import HDF5DataLayer
    >>> HDF5DataLayer(name="train-data", source="train.txt", batch_size=64).tops
    ('data', 'label')
    """

    name: str = "hdf5-data"
    source: str = ""

    def check_data(self) -> None:
        if not self.source:
            raise self.refuse('source is missing; give the list file: source="train.txt"')

    def samples(self) -> Sequence[Shape]:
        return sample_shapes(self._place, listed_files(self.label, self.source)[0], self.tops)

    def reader(self, seed: int) -> Source:
        files = listed_files(self.label, self.source)
        return HDF5Source(self._place, files, self.tops, self.batch_size, self.shuffling(seed, len(files)))

    @property
    def _place(self) -> str:
        return f"{self.label}, list {self.source}"
