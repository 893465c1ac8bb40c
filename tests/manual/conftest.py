"""Digits for the manual's programs, in the files that they name."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest


def write(path: Path, shape: tuple[int, ...], count: int, seed: int) -> None:
    """Images that show their class: one bright row per class."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 10, (count, 1))
    data = rng.normal(0, 0.1, (count, *shape)).astype(np.float32)
    for image, number in zip(data, label[:, 0], strict=True):
        image[:, 2 * number : 2 * number + 3] += 1
    with h5py.File(path, "w") as file:
        file["data"], file["label"] = data, label.astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of the programs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
