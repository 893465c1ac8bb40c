"""Crops: from the centre, and random for each image (behaviour 40: old Mocha drew once for a whole batch)."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layers.crop import CropLayer
from mocha_core.random import Stream

from .layer_math import Host, backward, both_namespaces, check_gradient, forward, grid, plan_of

LAYER = CropLayer(name="crop", crop_size=(3, 2), bottoms=["x"], tops=["y"])
RANDOM = LAYER.replace(random_crop=True, random_mirror=True)


def draws(num: int, seed: int = 1) -> Host:
    return Stream(seed, "crop", "draw/0").uniform((3, num))


@both_namespaces
@pytest.mark.parametrize(("size", "row", "column"), [((3, 2), 1, 2), ((6, 6), 0, 0), ((1, 5), 2, 0), ((5, 1), 0, 2)])
def test_from_the_centre(xp, size, row, column):
    x = grid(2, 3, 6, 6)
    (y,) = forward(LAYER.replace(crop_size=size), xp, [x])
    np.testing.assert_array_equal(y, x[:, :, row : row + size[0], column : column + size[1]])


def places(x: Host, y: Host) -> list[tuple[int, int, bool]]:
    """For each image the only place (row, column, mirrored) at which it can have been cut."""
    height, width = y.shape[2:]
    found = []
    for image, part in zip(x, y, strict=True):
        options = [
            (row, column, mirrored)
            for row in range(x.shape[2] - height + 1)
            for column in range(x.shape[3] - width + 1)
            for mirrored in (False, True)
            if (image[:, row : row + height, column : column + width][..., :: -1 if mirrored else 1] == part).all()
        ]
        assert len(options) == 1
        found += options
    return found


@both_namespaces
def test_each_image_has_a_place_of_its_own(xp):
    x = grid(12, 2, 6, 5)
    (y,) = forward(RANDOM, xp, [x], [draws(12)])
    assert len(set(places(x, y))) > 6


def test_every_place_is_as_likely():
    """Of n images a place with the chance p gets n p, with the deviation sqrt(n p (1 - p)); 5 of these are allowed."""
    n, p = 4800, 1 / (2 * 3 * 2)
    x = np.broadcast_to(grid(1, 1, 4, 4), (n, 1, 4, 4))
    (y,) = forward(RANDOM, np, [x], [draws(n)])
    counts = Counter(places(x, y))
    assert len(counts) == 12
    assert max(abs(count - n * p) for count in counts.values()) < 5 * np.sqrt(n * p * (1 - p))


@pytest.mark.parametrize("room", [1, 2, 3, 4, 7, 100, 1023, 65535])
def test_the_largest_random_number_stays_within_the_image(room):
    x = np.zeros((1, 1, 1, room + 1), "float32")
    x[..., -1] = 1
    u = np.full((3, 1), 1 - 2.0**-24, "float32")
    layer = LAYER.replace(crop_size=1, random_crop=True)
    assert forward(layer, np, [x], [u])[0].item() == 1
    assert forward(layer, np, [x[..., ::-1]], [np.full((3, 1), 2.0**-24, "float32")])[0].item() == 1


def test_only_what_is_asked_for_is_random():
    x = grid(20, 1, 6, 6)
    (moved,) = forward(LAYER.replace(random_crop=True), np, [x], [draws(20)])
    (mirrored,) = forward(LAYER.replace(random_mirror=True), np, [x], [draws(20)])
    assert {place[2] for place in places(x, moved)} == {False}
    assert set(places(x, mirrored)) == {(1, 2, False), (1, 2, True)}
    assert plan_of(LAYER, [x]).draws == ()


def test_each_bottom_draws_for_itself():
    layer = RANDOM.replace(bottoms=["a", "b"], tops=["a2", "b2"])
    assert [draw.shape for draw in plan_of(layer, [grid(4, 1, 5, 5), grid(3, 2, 6, 6)]).draws] == [(3, 4), (3, 3)]


@both_namespaces
@pytest.mark.parametrize("layer", [LAYER, RANDOM, LAYER.replace(random_mirror=True)], ids=str)
def test_gradient_is_the_slope(xp, layer):
    """Behaviour 40: old Mocha refused nets in which the input of a crop wants a gradient."""
    check_gradient(layer, xp, [grid(4, 2, 5, 4)], [draws(4)] if layer.is_random else [])


@both_namespaces
def test_the_gradient_is_zero_beyond_the_crop(xp):
    x = grid(5, 2, 6, 5)
    (dx,) = backward(RANDOM, xp, [x], [np.ones((5, 2, 3, 2))], [draws(5)])
    assert dx.sum(axis=(1, 2, 3)).tolist() == [12.0] * 5
    assert set(np.unique(dx)) == {0.0, 1.0}


def test_nan_beyond_the_crop_is_not_seen():
    x = np.full((1, 1, 5, 4), np.nan)
    x[:, :, 1:4, 1:3] = 1
    assert (forward(LAYER, np, [x])[0] == 1).all()


def test_in_the_test_phase_it_cuts_from_the_centre():
    assert RANDOM.in_phase("test") == LAYER
    assert RANDOM.in_phase("train") is RANDOM
    assert RANDOM.replace(phases=["test"]).in_phase("train") is None


def test_not_larger_than_the_image():
    with pytest.raises(ShapeError, match=r"'x' is 1 x 1 x 2 x 5, smaller than crop_size=\(3, 2\)"):
        plan_of(LAYER, [grid(1, 1, 2, 5)])


@pytest.mark.parametrize("size", [0, (3,), (2, 3, 4), (2, -1)])
def test_the_size_is_a_pair(size):
    with pytest.raises(OptionError, match=r"'crop': crop_size is a pair"):
        LAYER.replace(crop_size=size)
