"""Batches of windows, drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mocha_core.blob import Shape
from mocha_core.data.source import HostArray, Source, State
from mocha_core.errors import DataError
from mocha_core.random import Stream

from .decoding import COLOR, decode
from .paths import image_path
from .warping import Warp
from .windows import LABEL, X1, Windows


@dataclass(frozen=True, slots=True)
class Finish:
    """What is done to the pixels of a window: y = scale * (x - mean); where the image ends, y = 0.

    mean: (channels, size, size), or (channels, 1, 1).
    """

    mean: HostArray
    scale: float

    def write(self, part: HostArray, row: int, column: int, out: HostArray) -> None:
        """Into the sample `out`, from that row and column on."""
        rows, columns = slice(row, row + part.shape[1]), slice(column, column + part.shape[2])
        mean = self.mean if self.mean.shape[1:] == (1, 1) else self.mean[:, rows, columns]
        out[...] = 0
        out[:, rows, columns] = (part - mean) * np.float32(self.scale)


class WindowSource(Source):
    """Batch number b is a pure function of b: background first, then foreground.

    kinds: for each of these two, the numbers of the windows to draw from, and how many a batch has.
    """

    def __init__(
        self,
        label: str,
        windows: Windows,
        kinds: Sequence[tuple[HostArray, int]],
        shapes: tuple[Shape, ...],
        warp: Warp,
        finish: Finish,
        files: tuple[str, str],
        mirror: bool,
    ) -> None:
        self.label, self.windows, self.kinds, self.shapes = label, windows, tuple(kinds), shapes
        self.warp, self.finish, self.files, self.mirror = warp, finish, files, mirror
        self.epoch = self._batches = 0

    def fill(self, out: tuple[HostArray, ...]) -> None:
        draws = Stream(self.seed, self.owner, "windows", self._batches).uniform((self.shapes[0][0], 2))
        drawn = [(members, fore) for fore, (members, count) in enumerate(self.kinds) for _ in range(count)]
        for place, (members, fore) in enumerate(drawn[: len(out[0])]):
            which, turn = draws[place]
            window = int(members[int(which * len(members))])
            self._write(window, self.mirror and turn < 0.5, out[0][place])
            for labels in out[1:]:
                labels[place] = self.windows.values[window, LABEL] if fore else 0
        self._batches += 1
        self.epoch = self._batches * self.shapes[0][0] // len(self.windows.values)

    def state(self) -> State:
        return {"batches_drawn": self._batches}

    def restore(self, state: State) -> None:
        batches = state.get("batches_drawn")
        if not isinstance(batches, int) or batches < 0:
            raise DataError(f"{self.label}: the saved position has batches_drawn = {batches!r}")
        self._batches = batches
        self.epoch = batches * self.shapes[0][0] // len(self.windows.values)

    def _write(self, window: int, mirror: bool, out: HostArray) -> None:
        source, root = self.files
        name = self.windows.images[self.windows.image_of[window]]
        x1, y1, x2, y2 = (int(value) for value in self.windows.values[window, X1:])
        place = f"{source}, image {name!r}"
        image = decode(image_path(root, name, source, place), COLOR, place)
        try:
            part, row, column = self.warp.place(image, (x1, y1, x2, y2), mirror)
        except DataError as error:
            raise DataError(f"{place}: {error}") from None
        self.finish.write(part, row, column, out)
