"""Batches of pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.blob import Shape
from mocha_core.data.rounds import Part, RoundSource, Shuffle
from mocha_core.data.source import HostArray, State
from mocha_core.errors import DataError

from .cut import Cut
from .picture import Picture, Pictures


class PicturePart(Part):
    """All pictures, as the one part that the source has."""

    def __init__(self, pictures: Pictures, sample: Shape, cut: Cut | None) -> None:
        self.length = len(pictures)
        self._pictures, self._sample, self._cut = pictures, sample, cut

    def copy(self, at: int, out: tuple[HostArray, ...]) -> None:
        self.pick(np.arange(at, at + len(out[0])), out)

    def pick(self, rows: HostArray, out: tuple[HostArray, ...]) -> None:
        numbers = self._cut.numbers(len(rows)) if self._cut is not None else np.empty((len(rows), 0))
        for place, row in enumerate(rows.tolist()):
            picture = self._pictures.read(row)
            out[0][place] = self._fitted(picture, numbers[place])
            for labels in out[1:]:
                labels[place] = picture.label

    def _fitted(self, picture: Picture, numbers: HostArray) -> HostArray:
        if len(picture.pixels) == self._sample[0] and self._cut is not None:
            return self._cut.piece(picture, numbers)
        if picture.shape != self._sample:
            raise DataError(
                f"{picture.place} has the shape {picture.shape} (channels, height, width), and the first one "
                f"{self._sample}; bring all to one size, or crop before anything else (crop_size without mean_file)"
            )
        return picture.pixels


class PictureSource(RoundSource):
    """Reads pictures in turn, or in a new order each epoch.

    label, shapes, shuffle: as in `RoundSource`.   first: the shape of the first picture.   cut: what is done to each.
    skip: so many pictures are passed over at first.
    """

    def __init__(
        self,
        label: str,
        pictures: Pictures,
        shapes: Sequence[Shape],
        first: Shape,
        cut: Cut | None,
        shuffle: Shuffle | None,
        skip: int,
    ) -> None:
        RoundSource.__init__(self, label, shapes, 1, shuffle)
        self._part_of_all, self._cut = PicturePart(pictures, first, cut), cut
        start = {"epoch": 0, "part": 0, "sample": skip % len(pictures), "parts": 1}
        RoundSource.restore(self, start)

    def open_part(self, number: int) -> Part:
        return self._part_of_all

    def state(self) -> State:
        """The position, how many pictures there are, and how many draws of crops were made."""
        crops = {} if self._cut is None else {"crops": self._cut.calls}
        return {**RoundSource.state(self), "pictures": self._part_of_all.length, **crops}

    def restore(self, state: State) -> None:
        held, crops = state.get("pictures"), state.get("crops", 0)
        if held != self._part_of_all.length or not isinstance(crops, int) or crops < 0:
            raise DataError(
                f"{self.label}: the saved position is one of {held} pictures with crops = {crops!r}; there are "
                f"{self._part_of_all.length}. load_solver_state=False takes the parameters and starts at iteration 0"
            )
        RoundSource.restore(self, state)
        if self._cut is not None:
            self._cut.calls = crops
