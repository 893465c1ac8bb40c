"""Constraints: the L2 ball, what counts as one unit, and when it is due."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from mocha_core.constraints import L2Cons, NoCons
from mocha_core.errors import OptionError
from mocha_core.testing.values import grid

from .running import on_numpy_and_strict


def norms(w: np.ndarray) -> np.ndarray:
    return np.sqrt((w.reshape(len(w), -1) ** 2).sum(axis=1))


@on_numpy_and_strict
@pytest.mark.parametrize("shape", [(5, 7), (5, 2, 3, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_unit_is_scaled_to_the_threshold(xp: ModuleType, shape: tuple[int, ...], dtype: str) -> None:
    w = (grid(shape) * np.array([0.1, 1, 2, 0.01, 5]).reshape(-1, *[1] * (len(shape) - 1))).astype(dtype)
    projected = np.asarray(L2Cons(0.5).project(xp, xp.asarray(w)))
    long = norms(w) > 0.5
    assert 0 < long.sum() < len(w)
    assert projected.dtype == dtype
    np.testing.assert_array_equal(projected[~long], w[~long])
    np.testing.assert_allclose(norms(projected)[long], 0.5, rtol=8 * np.finfo(dtype).eps * np.sqrt(w[0].size))
    cosine = (projected * w).reshape(len(w), -1).sum(axis=1) / (norms(projected) * norms(w))
    np.testing.assert_allclose(cosine, 1, rtol=8 * np.finfo(dtype).eps * np.sqrt(w[0].size))


@on_numpy_and_strict
@pytest.mark.parametrize("shape", [(2,), (1, 2)])
def test_a_bias_is_one_unit(xp: ModuleType, shape: tuple[int, ...]) -> None:
    bias = np.array([3.0, 4.0]).reshape(shape)
    projected = np.asarray(L2Cons(2.5).project(xp, xp.asarray(bias)))
    np.testing.assert_allclose(projected.ravel(), [1.5, 2.0], rtol=4e-16)


@on_numpy_and_strict
def test_zeros_and_no_constraint_change_nothing(xp: ModuleType) -> None:
    w = xp.asarray(np.zeros((2, 3)))
    assert (np.asarray(L2Cons(0.5).project(xp, w)) == 0).all()
    assert NoCons().project(xp, w) is w


def test_due_after_every_n_iterations() -> None:
    assert [i for i in range(1, 8) if L2Cons(1.0, every_n_iter=3).due(i)] == [3, 6]
    assert all(L2Cons(1.0).due(i) for i in range(1, 8))
    assert not any(L2Cons(1.0, every_n_iter=0).due(i) for i in range(1, 8))
    assert not any(NoCons().due(i) for i in range(1, 8))


@pytest.mark.parametrize(("options", "text"), [({"threshold": 0}, "threshold"), ({"every_n_iter": -1}, "every_n_iter")])
def test_impossible_options_are_refused(options: dict[str, int], text: str) -> None:
    with pytest.raises(OptionError, match=f"L2Cons: {text} is"):
        L2Cons(**{"threshold": 1.0, **options})
