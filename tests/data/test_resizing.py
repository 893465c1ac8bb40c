"""Images in another size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocha_core.data.resizing import resized

SIDES = st.integers(1, 24)


def plain(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Each pixel by itself, in floats: the mean of the four old ones around its centre by their distances."""
    out = np.empty((height, width, image.shape[2]))
    for i, j in np.ndindex(height, width):
        y = np.clip((i + 0.5) * image.shape[0] / height - 0.5, 0, image.shape[0] - 1)
        x = np.clip((j + 0.5) * image.shape[1] / width - 0.5, 0, image.shape[1] - 1)
        top, left = int(y), int(x)
        below, right = min(top + 1, image.shape[0] - 1), min(left + 1, image.shape[1] - 1)
        upper = image[top, left] * (1 - (x - left)) + image[top, right] * (x - left)
        lower = image[below, left] * (1 - (x - left)) + image[below, right] * (x - left)
        out[i, j] = upper * (1 - (y - top)) + lower * (y - top)
    return out


@given(SIDES, SIDES, SIDES, SIDES, st.integers(0, 99))
def test_it_is_bilinear(h: int, w: int, height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (h, w, 3)).astype(np.uint8)
    found = resized(image, height, width)
    assert (found.shape, found.dtype) == ((height, width, 3), np.uint8)
    # Rounding at the end; two sums cut off at quarters of a level, and before at 1/128; weights of 11 bits.
    assert np.abs(found - plain(image, height, width)).max() <= 0.5 + 2 / 4 + 2 / 128 + 2 * 256 * 2**-11


@pytest.mark.parametrize("value", [0, 1, 200, 255])
def test_one_colour_stays(value: int) -> None:
    assert (resized(np.full((7, 5, 3), value, np.uint8), 13, 4) == value).all()


def test_the_same_size_is_the_same_image() -> None:
    image = np.zeros((4, 5, 3), np.uint8)
    assert resized(image, 4, 5) is image
