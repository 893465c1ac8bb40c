"""Transformers: values in place, the mean from an array, a blob or a file, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from mocha_core.data.transformers import Scale, SubMean
from mocha_core.errors import DataError, MissingFileError, OptionError

X = np.random.default_rng(1).normal(size=(5, 3, 4))
MEAN = X.mean(axis=0)


def mean_file(path: Path, **datasets: Any) -> str:
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return str(path)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scale(dtype: str) -> None:
    x = X.astype(dtype)
    expected = x * np.dtype(dtype).type(0.5)
    Scale(0.5).apply(x)
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("leading", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_mean_of_an_array_or_a_file(tmp_path: Path, dtype: str, leading: bool) -> None:
    mean = MEAN[None] if leading else MEAN
    expected = X.astype(dtype) - MEAN.astype(dtype)
    for subtract in (SubMean(mean_blob=mean), SubMean(mean_file(tmp_path / "mean.h5", mean=mean))):
        for ready in (subtract, subtract.prepared(X.shape, dtype)):
            x = X.astype(dtype)
            ready.apply(x)
            np.testing.assert_array_equal(x, expected)
            assert x.dtype == dtype


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_mean_per_channel(dtype: str) -> None:
    values = (104.0, 117.0, 123.5)
    for shape in ((5, 3, 4, 2), (5, 3)):
        x = np.random.default_rng(2).normal(size=shape).astype(dtype)
        expected = x - np.array(values, dtype).reshape(3, *[1] * (len(shape) - 2))
        subtract = SubMean(mean_values=values)
        for ready in (subtract, subtract.prepared(shape, dtype)):
            y = x.copy()
            ready.apply(y)
            np.testing.assert_array_equal(y, expected)
    x = np.ones((2, 3, 4), dtype)
    SubMean(mean_values=0.25).apply(x)
    assert np.unique(x).tolist() == [0.75]


def test_the_array_wins_over_the_file(tmp_path: Path) -> None:
    x = X.copy()
    SubMean(mean_file=str(tmp_path / "none.h5"), mean_blob=np.zeros((3, 4))).apply(x)
    np.testing.assert_array_equal(x, X)


def test_a_prepared_mean_reads_no_file_again(tmp_path: Path) -> None:
    path = mean_file(tmp_path / "mean.h5", mean=MEAN)
    ready = SubMean(path).prepared(X.shape, "float64")
    Path(path).unlink()
    x = X.copy()
    ready.apply(x)
    np.testing.assert_array_equal(x, X - MEAN)


def test_comparison() -> None:
    assert SubMean("a.h5") == SubMean("a.h5")
    assert SubMean("a.h5") != SubMean("b.h5")
    assert SubMean(mean_blob=MEAN) == SubMean(mean_blob=MEAN)
    assert SubMean(mean_blob=MEAN) != SubMean(mean_blob=MEAN.copy())
    assert SubMean(mean_values=[1, 2]) == SubMean(mean_values=(1.0, 2.0)) != SubMean(mean_values=(2, 1))
    assert len({SubMean("a.h5"), SubMean("a.h5"), Scale(2.0), Scale(2.0)}) == 2


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="mean_file"):
        SubMean()
    with pytest.raises(MissingFileError, match=r"none\.h5"):
        SubMean(str(tmp_path / "none.h5")).prepared(X.shape, "float32")
    with pytest.raises(DataError, match=r"\(4, 3\).*\(3, 4\)"):
        SubMean(mean_blob=MEAN.T).prepared(X.shape, "float32")
    with pytest.raises(DataError, match=r"no dataset 'mean'.*average"):
        SubMean(mean_file(tmp_path / "other.h5", average=MEAN)).prepared(X.shape, "float32")
    with pytest.raises(OptionError, match="mean_values stand alone"):
        SubMean("mean.h5", mean_values=(1, 2, 3))
    with pytest.raises(OptionError, match="mean_values are numbers"):
        SubMean(mean_values="gray")
    with pytest.raises(DataError, match=r"2 mean_values.*\(3, 4\)"):
        SubMean(mean_values=(1, 2)).prepared(X.shape, "float32")
    (tmp_path / "page.h5").write_text("<html>")
    with pytest.raises(DataError, match="cannot be read as HDF5"):
        SubMean(str(tmp_path / "page.h5")).prepared(X.shape, "float32")
