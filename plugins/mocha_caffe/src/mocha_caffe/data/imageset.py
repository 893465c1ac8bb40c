"""Image files to records, as Caffe's convert_imageset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mocha_core.errors import DataError, MochaError
from mocha_core.random import Stream

from .datum import write_datum, write_encoded
from .decoding import encode
from .image_list import Line, ListedPictures
from .picture import Picture

SEED = 12345678
SAME = {"jpeg": "jpg", "tif": "tiff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSet:
    """The images of a list, on their way into a database.

    shuffle: in a random order, always the same one.   check_size: all must have one shape.   encoded: as image files.
    encode_type: their kind, such as "png"; empty: each as its file is.   skip_bad: pass over those that cannot be read.
    say: is told of them.
    """

    listed: ListedPictures
    shuffle: bool = False
    check_size: bool = False
    encoded: bool = False
    encode_type: str = ""
    skip_bad: bool = False
    say: Callable[[str], None] = print

    def pictures(self) -> Iterator[Picture]:
        """The images, for files that hold plain numbers."""
        return (picture for _, _, picture in self._read())

    def records(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys, which are eight digits, `_` and the name in the list, with Datum records."""
        for place, line, picture in self._read():
            key = f"{place:08}_{line.name}".encode("utf-8", "surrogateescape")
            yield key, self._encoded(line, picture) if self.encoded else write_datum(picture.pixels, picture.label)

    def _read(self) -> Iterator[tuple[int, Line, Picture]]:
        """Places in the order of writing, lines and images."""
        first: Picture | None = None
        for place, number in enumerate(self._order()):
            picture = self._one(number)
            if picture is None:
                continue
            first = first or picture
            if self.check_size and picture.shape != first.shape:
                raise DataError(f"{picture.place} has the shape {picture.shape}, {first.place} {first.shape}")
            yield place, self.listed.lines[number], picture

    def _order(self) -> list[int]:
        count = len(self.listed)
        order: list[int] = Stream(SEED, "imageset", "shuffle").permutation(count).tolist()
        return order if self.shuffle else list(range(count))

    def _one(self, number: int) -> Picture | None:
        try:
            return self.listed.read(number)
        except MochaError as error:
            if not self.skip_bad:
                raise
            self.say(f"left out: {error}")
            return None

    def _encoded(self, line: Line, picture: Picture) -> bytes:
        """The file itself if it is of the wanted kind and nothing is done to the image; else a new one."""
        kind = line.name.rpartition(".")[2].lower()
        wanted = self.encode_type.lower() or kind
        as_it_is = SAME.get(kind, kind) == SAME.get(wanted, wanted) and self.listed.is_untouched
        file = self.listed.path(line).read_bytes() if as_it_is else encode(picture.pixels, wanted)
        return write_encoded(file, line.label)
