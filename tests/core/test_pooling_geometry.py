"""Where windows lie: Caffe's ceil rule for pooling, the floor rule for convolution, and what users may write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocha_core.errors import OptionError
from mocha_core.ops import Axis, Grid, pair, size_option

WORKED = [
    ((32, 3, 2, 0), 16),
    ((16, 3, 2, 0), 8),
    ((8, 3, 2, 0), 4),
    ((55, 3, 2, 0), 27),
    ((27, 3, 2, 0), 13),
    ((13, 3, 2, 0), 6),
    ((5, 2, 2, 0), 3),
    ((7, 3, 2, 1), 4),
    ((6, 3, 2, 1), 4),
    ((4, 2, 2, 1), 3),
    ((10, 4, 2, 2), 6),
    ((16, 3, 1, 2), 18),
    ((2, 3, 2, 0), 1),
    ((5, 3, 3, 1), 2),
    ((7, 2, 3, 1), 3),
]


@pytest.mark.parametrize(("side", "out"), WORKED)
def test_pooling_takes_as_many_windows_as_caffe(side: tuple[int, int, int, int], out: int) -> None:
    assert Axis.pooling(*side).out == out


def test_padding_of_one_side_clips_the_other_too() -> None:
    assert Axis.pooling(6, kernel=1, stride=3).out == 3
    assert Grid.pooling((6, 6), kernel=(1, 2), stride=(3, 3), pad=(0, 0)).out == (3, 3)
    assert Grid.pooling((6, 6), kernel=(1, 2), stride=(3, 3), pad=(0, 1)).out == (2, 3)


@pytest.mark.parametrize(
    ("side", "out"), [((227, 11, 4, 0), 55), ((28, 5, 1, 0), 24), ((32, 5, 1, 2), 32), ((6, 3, 2, 0), 2)]
)
def test_convolution_takes_only_windows_that_fit(side: tuple[int, int, int, int], out: int) -> None:
    assert Axis.convolution(*side).out == out


def test_dilation_spreads_the_cells() -> None:
    axis = Axis.convolution(11, kernel=3, stride=2, pad=1, dilation=4)
    assert axis.out == 3
    assert [list(range(axis.padded))[axis.cell(c)] for c in range(3)] == [[0, 2, 4], [4, 6, 8], [8, 10, 12]]


def test_caffe_divides_by_what_lies_in_image_and_padding() -> None:
    assert Axis.pooling(9, kernel=4, stride=3, pad=2).extents() == [4, 4, 4, 4]
    assert Axis.pooling(7, kernel=4, stride=3, pad=1).extents() == [4, 4, 3]


sides = st.integers(1, 12).flatmap(
    lambda kernel: st.tuples(st.integers(1, 40), st.just(kernel), st.integers(1, kernel), st.integers(0, kernel - 1))
)


@given(sides)
def test_pooling_windows_cover_the_image_and_none_is_empty(side: tuple[int, int, int, int]) -> None:
    size, kernel, stride, pad = side
    axis = Axis.pooling(*side)
    if size + 2 * pad < kernel:
        return
    windows = [set(range(j * stride - pad, j * stride - pad + kernel)) & set(range(size)) for j in range(axis.out)]
    assert all(windows)
    assert set().union(*windows) == set(range(size))
    assert axis.last_start == (axis.out - 1) * stride - pad
    assert all(1 <= extent <= kernel for extent in axis.extents())


@given(sides, st.integers(1, 3))
def test_convolution_windows_lie_in_the_padded_image(side: tuple[int, int, int, int], dilation: int) -> None:
    size, kernel, stride, pad = side
    axis = Axis.convolution(*side, dilation)
    span = (kernel - 1) * dilation + 1
    if axis.out < 1:
        assert size + 2 * pad < span
        return
    assert (axis.out - 1) * stride + span <= size + 2 * pad
    assert axis.out * stride + span > size + 2 * pad


def test_an_integer_is_a_pair() -> None:
    assert pair(3) == (3, 3)
    assert pair([5, 3]) == (5, 3)


@pytest.mark.parametrize("wrong", [0, (1, 0), (1,), (1, 2, 3), 1.5, "33", None, (1.0, 2)])
def test_what_is_no_pair_is_refused(wrong: Any) -> None:
    with pytest.raises(OptionError, match=r"kernel is a pair \(height, width\) of integers of at least 1"):
        pair(wrong, "kernel", 1)


def test_one_number_for_all_axes_or_one_for_each() -> None:
    assert size_option(3) == 3
    assert size_option([5, 3, 2]) == (5, 3, 2)
    assert Grid.convolution((7, 8, 9), kernel=3, stride=(1, 2, 3)) == Grid.convolution((7, 8, 9), (3, 3, 3), (1, 2, 3))


@pytest.mark.parametrize("wrong", [0, (1, 0), (), 1.5, "33", None, (1.0, 2), True])
def test_what_is_no_size_is_refused(wrong: Any) -> None:
    with pytest.raises(OptionError, match=r"kernel is a whole number of at least 1, or one for each axis"):
        size_option(wrong, "kernel", 1)


@given(sides, st.integers(1, 3))
def test_deconvolution_undoes_the_shape_of_a_convolution(side: tuple[int, int, int, int], dilation: int) -> None:
    out, kernel, stride, pad = side
    image = Axis.deconvolution(out, kernel, stride, pad, dilation)
    assert Axis.convolution(image.size, kernel, stride, pad, dilation) == image
    assert Axis.convolution(image.size - 1, kernel, stride, pad, dilation).out < out


def test_areas_are_products_of_extents() -> None:
    grid = Grid.pooling((3, 6, 4), kernel=(2, 3, 1), stride=2)
    rows, columns, last = (axis.extents() for axis in grid.axes)
    assert grid.extents() == [[[r * c * k for k in last] for c in columns] for r in rows]
