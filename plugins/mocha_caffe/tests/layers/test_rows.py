"""BatchReindexLayer and RowFilterLayer."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe.layers import BatchReindexLayer, RowFilterLayer
from mocha_core import DataError, MemoryDataLayer, Net, OptionError, ShapeError
from mocha_core.testing import ReferenceBackend, grid

from .running import backward, forward, plan_of

PICK = BatchReindexLayer(name="pick", bottoms=["x", "which"], tops=["y"])
KEEP = RowFilterLayer(name="keep", fills=[0, -1], bottoms=["x", "label", "flag"], tops=["x2", "label2"])
X, WHICH = grid((4, 2, 3)), np.array([3.0, 0.0, 3.0, 1.0, 3.0])
LABEL, FLAG = np.array([[5.0], [6.0], [7.0], [8.0]]), np.array([0.0, 2.0, 0.0, -1.0])


def test_samples_by_number_and_the_sum_of_their_gradients():
    (y,) = forward(PICK, X, WHICH)
    np.testing.assert_array_equal(y, [X[3], X[0], X[3], X[1], X[3]])
    dy = grid((5, 2, 3), seed=1)
    dx, none = backward(PICK, [X, WHICH], [dy])
    np.testing.assert_allclose(dx, [dy[1], dy[3], 0 * dy[0], dy[0] + dy[2] + dy[4]], rtol=0, atol=1e-15)
    assert none is None


@pytest.mark.parametrize(("number", "row"), [(1.5, 1), (2.999, 2), (-0.5, 0), (-1, None), (4, None), (np.nan, None)])
def test_what_follows_the_point_of_a_number_is_cut_off_and_none_is_taken_for_another(number, row):
    """Caffe casts to int; what is no sample then is NaN here where a layer computes it."""
    which = np.array([number])
    (y,), dy = forward(PICK, X, which), grid((1, 2, 3), seed=1)
    dx, _ = backward(PICK, [X, which], [dy])
    np.testing.assert_array_equal(y[0], np.full((2, 3), np.nan) if row is None else X[row])
    np.testing.assert_array_equal(dx, [dy[0] if k == row else 0 * X[k] for k in range(4)])


def test_a_number_that_no_sample_has_is_refused_where_it_comes_from_the_data():
    data = MemoryDataLayer(name="data", tops=["x"], data=[X], batch_size=4)
    which = MemoryDataLayer(name="which", tops=["which"], data=[WHICH + 1], batch_size=5)
    with (
        Net("n", ReferenceBackend(), [data, which, PICK], dtype="float64") as net,
        pytest.raises(DataError, match="holds the sample number 4 in sample 0 of the batch, but blob 'x' has 4"),
    ):
        net.forward()


def test_samples_with_a_flag_come_first_and_the_rest_is_filled():
    x2, label2 = forward(KEEP, X, LABEL, FLAG)
    np.testing.assert_array_equal(x2, [X[1], X[3], 0 * X[0], 0 * X[0]])
    assert label2.ravel().tolist() == [6, 8, -1, -1]


@pytest.mark.parametrize(("flag", "kept"), [([1, 1, 1, 1], 4), ([0, 0, 0, 0], 0)])
def test_all_and_none(flag, kept):
    (x2, label2) = forward(KEEP, X, LABEL, np.array(flag, float))
    np.testing.assert_array_equal(x2[:kept], X[:kept])
    assert label2.ravel().tolist() == [5, 6, 7, 8][:kept] + [-1] * (4 - kept)


def test_only_samples_that_were_kept_have_a_gradient():
    dy, dl = grid((4, 2, 3), seed=1), grid((4, 1), seed=2)
    dx, dlabel, none = backward(KEEP, [X, LABEL, FLAG], [dy, dl])
    np.testing.assert_array_equal(dx, [0 * dy[0], dy[0], 0 * dy[0], dy[1]])
    np.testing.assert_array_equal(dlabel.ravel(), [0, dl[0, 0], 0, dl[1, 0]])
    assert none is None


def test_one_flag_for_each_sample():
    with pytest.raises(ShapeError, match="'flag' is 3: one flag for each sample of 4 x 2 x 3, 4 x 1 is needed"):
        plan_of(KEEP, X, LABEL, FLAG[:3])
    with pytest.raises(OptionError, match="one top for each bottom but the last"):
        KEEP.replace(tops=["x2"])
    with pytest.raises(OptionError, match="one number for each of 2 tops"):
        KEEP.replace(fills=[1])
