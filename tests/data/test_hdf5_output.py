from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest

from mocha_core import HDF5OutputLayer, MemoryDataLayer, Net, PowerLayer, SquareLossLayer
from mocha_core.errors import DataError, OptionError
from mocha_core.testing.backends import ReferenceBackend

SAMPLES = np.arange(20.0).reshape(5, 4)


def writing(path, dtype="float32", **options) -> Net:
    layers = [
        MemoryDataLayer(name="data", tops=["data"], data=[SAMPLES], batch_size=2),
        PowerLayer(name="double", scale=2, bottoms=["data"], tops=["double"]),
        HDF5OutputLayer(filename=path, bottoms=["data", "double"], **options),
    ]
    return Net("n", ReferenceBackend(), layers, dtype=dtype)


def read(path) -> dict[str, np.ndarray]:
    with h5py.File(path) as file:
        return {name: file[name][()] for name in file}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_batch_is_appended(tmp_path, dtype):
    path = tmp_path / "new" / "out.h5"
    with writing(path, dtype) as net:
        for _ in range(3):
            net.forward()
        assert not path.exists()
    rows = SAMPLES[[0, 1, 2, 3, 4, 0]]
    found = read(path)
    np.testing.assert_array_equal(found["data"], rows)
    np.testing.assert_array_equal(found["double"], 2 * rows)
    assert found["data"].dtype == dtype
    assert [file.name for file in path.parent.iterdir()] == ["out.h5"]


def test_one_chunk_a_batch_and_room_for_more(tmp_path):
    with writing(tmp_path / "out.h5", datasets=["a", "b"]) as net:
        net.forward()
    with h5py.File(tmp_path / "out.h5") as file:
        assert file["b"].chunks == (2, 4)
        assert file["b"].maxshape == (None, 4)


def test_each_sample_once(tmp_path):
    """Behaviour 46: old Mocha wrote the samples that fill up the last batch, too."""
    with writing(tmp_path / "out.h5") as net:
        for _ in range(2):
            net.forward_epoch(exact=True)
    np.testing.assert_array_equal(read(tmp_path / "out.h5")["data"], np.concatenate([SAMPLES, SAMPLES]))


def test_a_loss_is_a_row_a_forward(tmp_path):
    layers = [
        MemoryDataLayer(name="data", tops=["a", "b"], data=[SAMPLES, 0 * SAMPLES], batch_size=1),
        SquareLossLayer(name="loss", bottoms=["a", "b"]),
        HDF5OutputLayer(filename=tmp_path / "out.h5", bottoms=["loss"]),
    ]
    with Net("n", ReferenceBackend(), layers) as net:
        net.forward_epoch()
    np.testing.assert_allclose(read(tmp_path / "out.h5")["loss"], (SAMPLES**2).sum(axis=1) / 2, rtol=1e-6)


def test_a_file_that_is_there_is_refused(tmp_path):
    (tmp_path / "out.h5").write_text("mine")
    with pytest.raises(DataError, match=r"'hdf5-output'.*out.h5 is there already; write force_overwrite=True"):
        writing(tmp_path / "out.h5")
    assert (tmp_path / "out.h5").read_text() == "mine"


def test_a_file_that_is_there_is_replaced_on_demand(tmp_path, caplog):
    caplog.set_level(logging.WARNING, "mocha")
    (tmp_path / "out.h5").write_text("mine")
    with writing(tmp_path / "out.h5", force_overwrite=True) as net:
        net.forward()
        assert (tmp_path / "out.h5").read_text() == "mine"
    assert read(tmp_path / "out.h5")["data"].shape == (2, 4)
    assert any("will replace" in message for message in caplog.messages)


def kept(error: pytest.ExceptionInfo[DataError], folder) -> dict[str, np.ndarray]:
    """What is in the file that the error says the results are in."""
    (name,) = re.findall(r"the results are in (.*): give that file", str(error.value))
    return read(folder / name)


@pytest.mark.parametrize("by", ["another net", "somebody"])
def test_a_file_that_appeared_since_is_left_alone_and_the_results_are_kept(tmp_path, by):
    net = writing(tmp_path / "out.h5")
    net.forward()
    if by == "somebody":
        (tmp_path / "out.h5").write_text("another's")
    else:
        with writing(tmp_path / "out.h5") as other:
            for _ in range(3):
                other.forward()
    content = (tmp_path / "out.h5").read_bytes()
    with pytest.raises(DataError, match=r"'hdf5-output'.*out.h5 was written .* since this net was built") as error:
        net.close()
    assert (tmp_path / "out.h5").read_bytes() == content
    np.testing.assert_array_equal(kept(error, tmp_path)["data"], SAMPLES[:2])
    net.close()


def test_two_layers_of_a_net_with_one_file_lose_nothing(tmp_path):
    """And the one that fails does not keep the next from its file."""
    layers = [
        MemoryDataLayer(name="data", tops=["data"], data=[SAMPLES], batch_size=2),
        *[HDF5OutputLayer(name=name, filename=tmp_path / "out.h5", bottoms=["data"]) for name in "ab"],
        HDF5OutputLayer(name="c", filename=tmp_path / "other.h5", bottoms=["data"]),
    ]
    net = Net("n", ReferenceBackend(), layers)
    net.forward()
    with pytest.raises(DataError, match=r"'b'.*out.h5 was written") as error:
        net.close()
    for found in (read(tmp_path / "out.h5"), read(tmp_path / "other.h5"), kept(error, tmp_path)):
        np.testing.assert_array_equal(found["data"], SAMPLES[:2])


def test_a_net_that_never_ran_writes_nothing(tmp_path):
    (tmp_path / "out.h5").write_text("mine")
    writing(tmp_path / "out.h5", force_overwrite=True).close()
    assert (tmp_path / "out.h5").read_text() == "mine"


def test_closing_twice_is_fine_and_writing_on_is_not(tmp_path):
    net = writing(tmp_path / "out.h5")
    net.forward()
    collector = net._collectors.members[0].collector
    net.close()
    net.close()
    with pytest.raises(DataError, match="is closed; build the net again"):
        collector.take((SAMPLES, SAMPLES))


PROGRAM = """
import os, signal, sys
sys.path.insert(0, {root!r})
from tests.data.test_hdf5_output import writing
net = writing({path!r}, force_overwrite=True)
net.forward()
{end}
"""


@pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_the_end_of_the_program(tmp_path, repository, end):
    """It finishes a file that nobody closed; a killed program leaves an older one as it was."""
    path = tmp_path / "out.h5"
    path.write_text("mine")
    program = PROGRAM.format(root=str(repository), path=str(path), end=end)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    if "SIGKILL" in end:
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert path.read_text() == "mine"
    else:
        assert done.returncode == (3 if end else 0), done.stderr
        np.testing.assert_array_equal(read(path)["data"], SAMPLES[:2])


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataError, match=r"'hdf5-output'.*out.h5 cannot be written"):
        writing(tmp_path / "file" / "out.h5").forward()


@pytest.mark.parametrize("names", [["a"], ["a", "a"], ["a", "b", "c"]])
def test_a_name_for_each_bottom(names):
    with pytest.raises(OptionError, match="one name per bottom, all different"):
        HDF5OutputLayer(filename="out.h5", bottoms=["x", "y"], datasets=names)


def test_a_file_has_a_name():
    with pytest.raises(OptionError, match="filename is empty"):
        HDF5OutputLayer(filename="", bottoms=["x"])
