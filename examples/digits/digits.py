"""The 1,797 handwritten digits that come with scikit-learn, brought from 8 x 8 to 28 x 28 pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]

SIZE = 28
TEST = 397
SEED = 1998


@dataclass(frozen=True)
class Digits:
    """Images (n, 1, 28, 28) from 0 to 1 and labels (n, 1)."""

    images: Floats
    labels: Floats

    def __len__(self) -> int:
        return len(self.images)


def load() -> tuple[Digits, Digits]:
    """1,400 digits for training and 397 for testing, always the same ones."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = enlarge(bunch.images / 16.0)[:, None].astype(np.float32)
    labels = bunch.target[:, None].astype(np.float32)
    order = np.random.default_rng(SEED).permutation(len(images))
    train, test = order[TEST:], order[:TEST]
    return Digits(images[train], labels[train]), Digits(images[test], labels[test])


def enlarge(images: np.ndarray[Any, Any], size: int = SIZE) -> np.ndarray[Any, Any]:
    """Images (n, h, w) as (n, size, size), bilinear between the centres of the pixels."""
    down, across = (interpolation(old, size) for old in images.shape[1:])
    return np.einsum("ih,nhw,jw->nij", down, images, across, optimize=True)


def interpolation(old: int, new: int) -> np.ndarray[Any, Any]:
    """The matrix (new, old) that takes `new` samples along a line of `old` pixels; rows sum to 1."""
    position = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    left = np.minimum(position.astype(int), old - 2)
    share = position - left
    matrix = np.zeros((new, old))
    matrix[np.arange(new), left] = 1 - share
    matrix[np.arange(new), left + 1] += share
    return matrix
