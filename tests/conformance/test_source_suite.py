"""The kit as the author of a data layer uses it: one that reads in order, in a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import DataLayer, Source, spec
from mocha_core.blob import Shape
from mocha_core.layers import MemoryDataLayer
from mocha_core.testing import BATCH, DATA, SOURCES, BackendSuite, ReferenceBackend, SourceFamily, SourceSuite
from mocha_core.testing.checks.sources import source_trials


class NpzSource(Source):
    """Reads the arrays of a file in order, round and round."""

    def __init__(self, path: str, tops: Sequence[str], batch_size: int) -> None:
        with np.load(path) as file:
            self.arrays = [file[top] for top in tops]
        self.shapes = tuple((batch_size, *array.shape[1:]) for array in self.arrays)
        self.epoch = self.at = 0

    def fill(self, out: tuple[Any, ...]) -> None:
        length, count = len(self.arrays[0]), len(out[0])
        rows = np.arange(self.at, self.at + count)
        for array, target in zip(self.arrays, out, strict=True):
            target[...] = array[rows % length]
        self.within = min(count, length - self.at)
        self.epoch += int(rows[-1] + 1) // length
        self.at = int(rows[-1] + 1) % length

    def state(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "at": self.at}

    def restore(self, state: dict[str, Any]) -> None:
        self.epoch, self.at = state["epoch"], state["at"]


@spec(kw_only=True)
class NpzDataLayer(DataLayer):
    """The arrays of an .npz file, one per top."""

    name: str = "npz-data"
    path: str

    def samples(self) -> Sequence[Shape]:
        with np.load(self.path) as file:
            return tuple(file[top].shape[1:] for top in self.tops)

    def reader(self, seed: int) -> Source:
        return NpzSource(self.path, self.tops, self.batch_size)


class TestNpz(SourceSuite):
    layer = NpzDataLayer
    shuffles = False
    backends = ("strict",)

    def make(self, folder: Path, shuffle: bool) -> NpzDataLayer:
        assert not shuffle
        np.savez(folder / "data.npz", **DATA)  # type: ignore[arg-type]
        return NpzDataLayer(path=str(folder / "data.npz"), batch_size=BATCH)


class TestMemory(SourceSuite):
    layer = MemoryDataLayer

    def make(self, folder: Path, shuffle: bool) -> MemoryDataLayer:
        return MemoryDataLayer(data=list(DATA.values()), batch_size=BATCH, shuffle=shuffle)


@pytest.mark.parametrize(("shuffles", "checks"), [(True, 4), (False, 3)])
def test_a_source_that_shuffles_has_a_check_more(shuffles: bool, checks: int) -> None:
    family = SourceFamily(NpzDataLayer, TestNpz().make, shuffles=shuffles)
    assert [len(source_trials([family], backend)) for backend in ("reference", "strict")] == [checks, 1]


class TestMine(BackendSuite):
    """With a data layer that only this backend's package has; without the tests of all layers."""

    backend = ReferenceBackend
    sources = (*SOURCES, SourceFamily(NpzDataLayer, TestNpz().make, shuffles=False))

    test_layer = test_update = test_memory = test_collector = test_every_layer_has_cases = None
