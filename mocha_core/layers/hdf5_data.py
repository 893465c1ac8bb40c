"""Batches from HDF5 files."""

from __future__ import annotations

from ..data.hdf5 import HDF5Source
from ..data.source import Source
from ..specs import spec
from .hdf5_files import HDF5Files


@spec(kw_only=True)
class HDF5DataLayer(HDF5Files):
    """Reads the datasets named like its tops from the HDF5 files that a text file lists, round and round.

    source: the list file, one path a line. A relative path counts from the working directory or, if there is no such
    file, from the folder of the list file.
    batch_size, shuffle, transformers: as in every data layer. Shuffled, the files are read in a new order each epoch,
    and the samples of a file in a new order each time it is opened.

    Datasets have their samples along the first axis: `data` (n, channels, height, width), `label` (n, 1). Integers and
    floats of any size are converted to the net's type. Files are opened one at a time, ahead of time in a thread.
    Uncompressed files that are not chunked are the quickest to shuffle; for other files, and for files larger than
    memory, see `AsyncHDF5DataLayer`.

    >>> from mocha_core import HDF5DataLayer
    >>> HDF5DataLayer(name="train-data", source="train.txt", batch_size=64).tops
    ('data', 'label')
    """

    name: str = "hdf5-data"

    def reader(self, seed: int) -> Source:
        files = self.files()
        return HDF5Source(files, self.batch_size, self.shuffling(seed, len(files.paths)))
