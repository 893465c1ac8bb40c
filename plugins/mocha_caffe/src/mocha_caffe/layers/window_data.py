"""Batches of windows for R-CNN."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.blob import Shape
from mocha_core.data.source import HostArray, Source
from mocha_core.errors import DataError
from mocha_core.layers.data_layer import DataLayer
from mocha_core.specs import spec

from ..data.mean_file import read_mean
from ..data.warping import Warp
from ..data.window_source import Finish, WindowSource
from ..data.windows import Windows, read_windows

CHANNELS = 3
MODES = ("warp", "square")


@spec(kw_only=True)
class WindowDataLayer(DataLayer):
    """Draws windows of images at random, some with an object and some without: Caffe's WindowData. Needs Pillow.

    source: the window file of R-CNN.   root_folder: written in front of each path in it.   crop_size: height and width
    of a sample.   fg_fraction: the part of a batch that shows objects, at its end, with their class as label; all else
    is of class 0.   fg_threshold: a window shows an object if it overlaps it at least so much.   bg_threshold: a
    window is background if it overlaps less.   context_pad: so many pixels on each side show what is around the window;
    where the image ends, the sample is 0.   crop_mode: "warp" stretches a window to a square, "square" widens it.
    mirror: every other window is turned about its vertical axis, in the test phase, too.
    mean_file, mean_values: subtracted, colours in the order blue, green, red; of a mean image the middle.   scale: what
    is left is multiplied by this.   As many windows as the file has count as an epoch.

    >>> WindowDataLayer(source="window_file_2007_trainval.txt", batch_size=128, crop_size=227, context_pad=16).samples()
    ((3, 227, 227), ())
    """

    name: str = "window-data"
    source: str = ""
    root_folder: str = ""
    crop_size: int = 0
    fg_fraction: float = 0.25
    fg_threshold: float = 0.5
    bg_threshold: float = 0.5
    context_pad: int = 0
    crop_mode: str = "warp"
    mirror: bool = False
    mean_file: str = ""
    mean_values: Sequence[float] = ()
    scale: float = 1.0

    def check_data(self) -> None:
        if not self.source:
            raise self.refuse('source is missing; give the window file: source="windows.txt"')
        if self.crop_size < 1 or not 0 <= 2 * self.context_pad < self.crop_size:
            raise self.refuse(f"crop_size={self.crop_size} must be above twice context_pad={self.context_pad}")
        if self.crop_mode not in MODES:
            raise self.refuse(f"crop_mode is {' or '.join(map(repr, MODES))}, not {self.crop_mode!r}")
        if not 0 <= self.fg_fraction <= 1:
            raise self.refuse(f"fg_fraction is {self.fg_fraction}; it is a part of the batch, from 0 to 1")
        if self.shuffle:
            raise self.refuse("shuffle=True says nothing: windows are drawn at random anyway; leave it out")
        self._put("mean_values", tuple(self.mean_values))
        if len(self.mean_values) not in (0, 1, CHANNELS) or (self.mean_values and self.mean_file):
            raise self.refuse("give mean_file, or mean_values as one number or one for each of 3 channels, or neither")

    def samples(self) -> Sequence[Shape]:
        return ((CHANNELS, self.crop_size, self.crop_size), ())[: len(self.tops)]

    def reader(self, seed: int) -> Source:
        windows = read_windows(self.source)
        return WindowSource(
            self.label,
            windows,
            self._drawn_from(windows),
            tuple((self.batch_size, *sample) for sample in self.samples()),
            Warp(self.crop_size, self.context_pad, self.crop_mode == "square"),
            Finish(self._mean(), self.scale),
            (self.source, self.root_folder),
            self.mirror,
        )

    def _drawn_from(self, windows: Windows) -> Sequence[tuple[HostArray, int]]:
        """Background and foreground: their windows, and how many of a batch they are."""
        count = int(self.batch_size * self.fg_fraction)
        back, fore = windows.background(self.fg_threshold, self.bg_threshold), windows.foreground(self.fg_threshold)
        kinds = ((back, self.batch_size - count), (fore, count))
        for name, (members, wanted) in zip(("background", "objects"), kinds, strict=True):
            if wanted and not len(members):
                raise DataError(
                    f"{self.label}: {self.source} has no windows that show {name}, of which a batch has {wanted}; "
                    f"change fg_fraction, fg_threshold or bg_threshold"
                )
        return kinds

    def _mean(self) -> HostArray:
        values = read_mean(self.mean_file) if self.mean_file else np.array(self.mean_values or (0.0,))
        if values.ndim == 1:
            return np.asarray(values, np.float32)[:, None, None]
        if len(values) != CHANNELS or min(values.shape[1:]) < self.crop_size:
            raise DataError(
                f"{self.label}: the mean of {self.mean_file} has shape {values.shape}, a sample {self.samples()[0]}"
            )
        top, left = ((side - self.crop_size) // 2 for side in values.shape[1:])
        return np.asarray(values[:, top : top + self.crop_size, left : left + self.crop_size], np.float32)
