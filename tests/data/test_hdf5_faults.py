"""HDF5DataLayer on bad data: every error names the layer, the list and the file, and says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core.data.feed import Feed
from mocha_core.errors import DataError, MissingFileError, MochaError, OptionError
from mocha_core.layers.hdf5_data import HDF5DataLayer

from .faults import BAD, GOOD, write


def layer_on(folder: Path, *files: Path) -> HDF5DataLayer:
    listing = folder / "list.txt"
    listing.write_text("\n".join(map(str, files)))
    return HDF5DataLayer(name="train", source=str(listing), batch_size=3)


@pytest.mark.parametrize("what", BAD)
def test_a_bad_first_file_is_refused_when_the_net_is_planned(tmp_path: Path, what: str) -> None:
    datasets, said = BAD[what]
    layer = layer_on(tmp_path, write(tmp_path / "bad.h5", datasets))
    with pytest.raises(DataError) as error:
        layer.plan(())
    for word in ["'train'", "list.txt", "bad.h5", *said]:
        assert word in str(error.value)


@pytest.mark.parametrize("what", [*BAD, "other shape"])
def test_a_bad_later_file_is_refused_when_it_is_read(tmp_path: Path, what: str) -> None:
    other_shape = {**GOOD, "data": np.zeros((4, 3, 2))}
    datasets, said = BAD.get(what, (other_shape, ["'data'", "(3, 2)", "(2, 3)", "good.h5"]))
    layer = layer_on(tmp_path, write(tmp_path / "good.h5", GOOD), write(tmp_path / "bad.h5", datasets))
    feed = Feed(layer.open_source(seed=0), "float32")
    feed.fetch()
    saved = feed.state()
    for _ in range(2):
        with pytest.raises(DataError) as error:
            feed.fetch()
        for word in ["'train'", "list.txt", "bad.h5", *said]:
            assert word in str(error.value)
    assert feed.state() == saved
    feed.close()


def test_a_file_that_is_not_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "page.h5"
    path.write_text("<html>")
    with pytest.raises(DataError, match=r"'train'.*page\.h5 cannot be read as HDF5"):
        layer_on(tmp_path, path).plan(())


def test_a_missing_list(tmp_path: Path) -> None:
    layer = HDF5DataLayer(name="train", source=str(tmp_path / "none.txt"), batch_size=3)
    with pytest.raises(MissingFileError, match=r"'train'.*no list file .*none\.txt"):
        layer.plan(())
    with pytest.raises(FileNotFoundError):
        layer.open_source(seed=0)


def test_an_empty_list(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'train'.*list\.txt is empty"):
        layer_on(tmp_path).plan(())


def test_a_missing_file_is_found_before_training(tmp_path: Path) -> None:
    layer = layer_on(tmp_path, write(tmp_path / "good.h5", GOOD), tmp_path / "gone.h5")
    with pytest.raises(MissingFileError, match=r"'train'.*gone\.h5.*list\.txt"):
        layer.open_source(seed=0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": -3}, "batch_size is -3"),
        ({"source": ""}, "source is missing"),
        ({"tops": ["data", "data"]}, "each with a name of its own"),
        ({"transformers": [("image", 1)]}, "transformers are pairs"),
    ],
)
def test_impossible_options(options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said) as error:
        HDF5DataLayer(**{"name": "train", "source": "list.txt", "batch_size": 1, **options})
    assert isinstance(error.value, MochaError)
    assert "'train'" in str(error.value)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"epoch": 0, "part": 2, "sample": 0, "parts": 3}, "part 2 of 3; the data has 1"),
        ({"calls": 3}, "epoch = None"),
    ],
)
def test_a_position_of_other_data(tmp_path: Path, state: dict[str, Any], said: str) -> None:
    feed = Feed(layer_on(tmp_path, write(tmp_path / "good.h5", GOOD)).open_source(seed=0), "float32")
    with pytest.raises(DataError, match=said):
        feed.restore(state)
    feed.close()


def test_a_position_beyond_a_file_that_shrank(tmp_path: Path) -> None:
    feed = Feed(layer_on(tmp_path, write(tmp_path / "good.h5", GOOD)).open_source(seed=0), "float32")
    feed.restore({"epoch": 0, "part": 0, "sample": 4, "parts": 1})
    with pytest.raises(DataError, match="sample 4; that part has 4"):
        feed.fetch()
    feed.close()
