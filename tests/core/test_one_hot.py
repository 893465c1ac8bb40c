from __future__ import annotations

import numpy as np
import pytest

from mocha_core.ops.one_hot import one_hot

from .layer_math import both_namespaces


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((4, 1), 1), ((2, 1, 3), 1), ((2, 3, 1), -1), ((1, 5), 0)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_against_a_loop(xp, shape, axis, dtype):
    labels = np.random.default_rng(0).integers(0, 6, shape).astype(dtype)
    given = np.asarray(one_hot(xp, xp.asarray(labels), 6, axis))
    axis %= len(shape)
    assert given.dtype == dtype
    assert given.shape == (*shape[:axis], 6, *shape[axis + 1 :])
    for index in np.ndindex(*given.shape):
        source = (*index[:axis], 0, *index[axis + 1 :])
        assert given[index] == (index[axis] == labels[source])


@both_namespaces
def test_rounds_and_ignores_what_is_no_class(xp):
    labels = np.array([[1.4], [-1.0], [3.0], [np.nan], [-0.4]])
    given = np.asarray(one_hot(xp, xp.asarray(labels), 3, 1))
    np.testing.assert_array_equal(given, [[0, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]])
