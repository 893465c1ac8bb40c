"""The images in a database of Caffe's."""

from __future__ import annotations

from ..formats import WireError
from .datum import read_datum
from .lmdb import Reader
from .lmdb.pages import shown
from .picture import Picture, Pictures


class DatumPictures(Pictures):
    """Records of an LMDB in the order of their keys. how: what encoded images become."""

    def __init__(self, source: str, how: str = "native") -> None:
        self.source, self.how = source, how
        self._reader = Reader(source)

    def __len__(self) -> int:
        return len(self._reader)

    def read(self, number: int) -> Picture:
        key, value = self._reader.record(number)
        place = f"{self.source}, record {shown(key)}"
        try:
            return read_datum(value, place, self.how)
        except WireError as error:
            raise WireError(f"{error}; the record is damaged") from None
