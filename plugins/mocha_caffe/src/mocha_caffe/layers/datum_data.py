"""Batches from Caffe's databases."""

from __future__ import annotations

from mocha_core.specs import spec

from ..data.datum_pictures import DatumPictures
from ..data.decoding import DECODINGS, NATIVE
from ..data.picture import Pictures
from .picture_data import PictureLayer


@spec(kw_only=True)
class DatumDataLayer(PictureLayer):
    """Reads the Datum records of an LMDB, in the order of their keys, round and round: Caffe's Data.

    source: the folder of the database, or the file data.mdb in it.   batch_size, shuffle, transformers: as in every
    data layer (Caffe does not shuffle here).   rand_skip: at first, fewer than so many records are passed over.
    decode: what encoded images (JPEG, PNG; they need Pillow) become: "native", "color" or "gray".

    Top (num, channels, height, width): the values as stored; Caffe's tools write colours in the order blue, green, red.
    A second top (num,) holds the labels. A `RandomCrop` or `CenterCrop` that is the first transformer admits
    images of different sizes. Nothing is locked, nothing written, and no other package needed.

    >>> DatumDataLayer(source="mnist_train_lmdb", batch_size=64).tops
    ('data', 'label')
    """

    name: str = "data"
    source: str = ""
    decode: str = NATIVE

    def check_pictures(self) -> None:
        if not self.source:
            raise self.refuse('source is missing; give the folder of the database: source="mnist_train_lmdb"')
        if self.decode not in DECODINGS:
            raise self.refuse(f"decode is {' or '.join(map(repr, DECODINGS))}, not {self.decode!r}")

    def pictures(self) -> Pictures:
        return DatumPictures(self.source, self.decode)
