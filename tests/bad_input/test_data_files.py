"""Missing or empty lists, missing files and data sets, unequal lengths, wrong types and shapes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_core import DataError, MemoryDataLayer, MissingFileError, OptionError, ShapeError

from .newcomer import CLASSES, SAMPLES, Case, changed, check, write_data

LAYER, LIST = "layer 'train-data' (HDF5DataLayer)", "list list.txt"


def write_list(text: str) -> None:
    Path("list.txt").write_text(text)


def second_file(**datasets: object) -> None:
    """What is wrong is in the second file of the list."""
    write_data("data.h5", data=np.zeros((2, 4)), label=np.zeros((2, 1)))
    write_data("more.h5", **datasets)
    write_list("data.h5\nmore.h5")


def a_folder_instead() -> None:
    Path("list.txt").unlink()
    Path("list.txt").mkdir()


CASES = {
    "missing list": Case(
        MissingFileError,
        [LAYER, "there is no list file /", "/list.txt; source= names a text file with one path of an HDF5 file"],
        lambda: Path("list.txt").unlink(),
    ),
    "a folder": Case(MissingFileError, [LAYER, "there is no list file", "list.txt"], a_folder_instead),
    "empty list": Case(
        DataError, [LAYER, "the list file list.txt is empty", "write one path"], lambda: write_list(" \n\n")
    ),
    "the data as list": Case(
        DataError,
        [LAYER, "the list file data.h5 is an HDF5 file itself", "names a text file with one path"],
        make=changed(0, source="data.h5"),
        toml=("list.txt", "data.h5"),
    ),
    "list in Latin-1": Case(
        DataError, [LAYER, "list.txt is no text in UTF-8"], lambda: Path("list.txt").write_bytes(b"d\xe4ta.h5\n")
    ),
    "missing file": Case(
        MissingFileError,
        [LAYER, "the HDF5 file gone.h5, listed in list.txt, does not exist", "correct the list"],
        lambda: write_list("data.h5\ngone.h5\n"),
    ),
    "no HDF5": Case(DataError, [LAYER, LIST, "list.txt cannot be read as HDF5"], lambda: write_list("list.txt")),
    "missing dataset": Case(
        DataError,
        [LAYER, LIST, "data.h5 has no dataset 'label'; it holds: data, labels", "tops=["],
        lambda: write_data("data.h5", label=None, labels=np.zeros((SAMPLES, 1))),
    ),
    "unequal lengths": Case(
        DataError,
        [LAYER, LIST, "data.h5", "'data' has 20, 'label' has 19 samples", "needs a row in each"],
        lambda: write_data("data.h5", label=np.zeros((19, 1))),
    ),
    "text": Case(
        DataError,
        [LAYER, LIST, "data.h5 dataset 'label' is of type |S3; integers or floats are needed"],
        lambda: write_data("data.h5", label=np.array([b"cat"] * SAMPLES)),
    ),
    "no samples": Case(
        DataError,
        [LAYER, LIST, "data.h5 holds no samples; take it off the list"],
        lambda: write_data("data.h5", data=np.zeros((0, 4)), label=np.zeros((0, 1))),
    ),
    "another list than when the snapshot was taken": Case(
        DataError,
        [LAYER, "in part 0 of 1; the data has 2", "have changed since the snapshot; load_solver_state=False"],
        lambda: second_file(),
    ),
    "data without features": Case(
        ShapeError,
        ["layer 'ip1' (InnerProductLayer), bottoms data", "'data' is 8", "(num, features)"],
        lambda: write_data("data.h5", data=np.zeros(SAMPLES)),
    ),
    "one-hot labels": Case(
        ShapeError,
        ["layer 'loss' (SoftmaxLossLayer), bottoms ip2, label", "needs a label of 8 x 1, got 8 x 3", "argmax"],
        lambda: write_data("data.h5", label=np.eye(CLASSES)[np.zeros(SAMPLES, int)]),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


def test_another_shape_in_the_second_file(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "more.h5 dataset 'data' holds samples of shape (5,), data.h5 of (4,); all files of a list need"
    check(Case(DataError, [LAYER, LIST, said], lambda: second_file(data=np.zeros((SAMPLES, 5)))), capsys)


ARRAYS = {
    "unequal lengths": (
        [np.zeros((3, 2)), np.zeros(4)],
        "'data' has 3, 'label' has 4 samples; each sample needs a row",
    ),
    "text": ([np.zeros((3, 2)), np.array(["a", "b", "c"])], "the array for 'label' is of type <U1; integers or floats"),
    "ragged": ([[[1, 2], [3]], [0, 1]], "array 0 of data has rows of unequal lengths"),
    "one array": ([np.zeros((3, 2))], "data holds 1 arrays for the tops data, label; give one array per top"),
    "a number": (5, "data is a list of arrays, one per top, not 5"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_in_memory(name: str) -> None:
    data, said = ARRAYS[name]
    with pytest.raises((DataError, OptionError)) as caught:
        MemoryDataLayer(name="digits", data=data, batch_size=2)
    assert "layer 'digits' (MemoryDataLayer)" in str(caught.value)
    assert said in str(caught.value)
