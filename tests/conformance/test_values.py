"""The numbers and shapes to test with are what the checks rely on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from mocha_core.blob import Shape
from mocha_core.testing import grid, image_shapes, labels, positive, shapes, unit
from mocha_core.testing.exploring import PROFILES
from mocha_core.testing.tolerances import difference_step
from mocha_core.testing.values import Numbers, fill

SHAPES = [(), (1,), (2, 3), (7, 11, 13), (2, 3, 5, 40)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_grid_has_no_ties_no_zero_and_is_exact_in_float32(shape: Shape) -> None:
    values = np.sort(np.abs(grid(shape)).ravel())
    assert values.min() > difference_step()
    assert (np.diff(values) > 0).all()
    assert np.array_equal(grid(shape), grid(shape).astype(np.float32))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_neighbours_of_a_grid_can_change_places(shape: Shape) -> None:
    assert (np.diff(np.sort(grid(shape).ravel())) > 4 * difference_step()).all()


@pytest.mark.parametrize("kink", [0.0, 0.5])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_grid_keeps_away_from_kinks(shape: Shape, kink: float) -> None:
    assert (np.abs(grid(shape) - kink) > 2 * difference_step()).all()


def test_grids_of_different_seeds_differ() -> None:
    assert not np.array_equal(grid((3, 5), 1), grid((3, 5), 2))


def test_positive_values_are_distinct() -> None:
    values = positive((7, 11))
    assert values.min() > 1
    assert len(np.unique(values)) == values.size


def test_unit_values_are_distinct_probabilities() -> None:
    values = unit((7, 11))
    assert 0.1 < values.min() < values.max() < 0.9
    assert len(np.unique(values)) == values.size


@pytest.mark.parametrize("shape", SHAPES[2:], ids=str)
def test_few_numbers_have_ties_and_zeros(shape: Shape) -> None:
    values = fill(shape, "signed", 0, Numbers(kind="few"))
    assert len(np.unique(values)) == min(5, values.size - 1)
    assert (values == 0).mean() == pytest.approx(1 / 3, abs=1 / values.size)


@pytest.mark.parametrize("kind", ["few", "large"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_numbers_of_every_kind_stay_where_their_bottom_has_them(shape: Shape, kind: Any) -> None:
    for seed in range(4):
        signed, above, unit = (fill(shape, range, seed, Numbers(kind=kind)) for range in ("signed", "positive", "unit"))
        assert above.min() >= 1
        assert 0.1 < unit.min() <= unit.max() < 0.9
        for values in (signed, above, unit):
            assert np.array_equal(values, values.astype(np.float32))


def test_large_numbers_are_too_large_for_an_exponential() -> None:
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(fill((3, 5), "signed", 0, Numbers(kind="large")).max()))


def test_labels_name_every_class() -> None:
    assert set(labels((7, 1), 3).ravel()) == {0.0, 1.0, 2.0}


@settings(PROFILES["quick"], max_examples=50)
@given(shape=shapes(1, 4))
def test_sides_differ(shape: Shape) -> None:
    assert len(set(shape)) == len(shape)


@settings(PROFILES["quick"], max_examples=50)
@given(shape=image_shapes(channels=4, least=(3, 2)))
def test_sides_of_images_differ(shape: Shape) -> None:
    assert len(set(shape)) == 4
    assert shape[1] == 4
    assert shape[2] >= 3
    assert shape[3] >= 2
