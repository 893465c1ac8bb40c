"""HDF5Output."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from mocha_core import MochaError, OptionError

from .nets import built, inputs, random
from .texts import layer, model

X = random(3, 4)
INPUTS = inputs(x=(3, 4), label=(3, 1))


def output(path: object, bottoms: str = 'bottom: "double" bottom: "label"') -> str:
    return f'layer {{ name: "out" type: "HDF5Output" {bottoms} hdf5_output_param {{ file_name: "{path}" }} }}\n'


def written(tmp_path, times=1):
    text = INPUTS + layer("double", "Power", "x", "", "power_param { scale: 2 }") + output(tmp_path / "out.h5")
    with built(text) as net:
        for k in range(times):
            net.blob("x").set(X + k)
            net.blob("label").set(np.full((3, 1), k))
            net.forward()


def test_the_data_sets_are_data_and_label(tmp_path):
    written(tmp_path, times=2)
    with h5py.File(tmp_path / "out.h5") as file:
        assert set(file) >= {"data", "label"}
        np.testing.assert_array_equal(file["data"][()], 2 * np.concatenate([X, X + 1]))
        np.testing.assert_array_equal(file["label"][()].reshape(-1), [0, 0, 0, 1, 1, 1])


def test_a_file_that_is_there_is_never_replaced(tmp_path):
    written(tmp_path)
    with pytest.raises(MochaError, match=r"out\.h5.*is there already"):
        written(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (output("out.h5", 'bottom: "x"'), "it writes two blobs, data and label, and reads 1"),
        ('layer { name: "out" type: "HDF5Output" bottom: "x" bottom: "label" }', "says no file_name"),
    ],
)
def test_what_is_refused(text, said):
    with pytest.raises(OptionError, match=rf"net\.prototxt:3:1: layer 'out' .*{said}"):
        model(INPUTS + text)


def test_a_prediction_writes_nothing(tmp_path):
    text = INPUTS + layer("double", "Power", "x", "", "power_param { scale: 2 }") + output(tmp_path / "out.h5")
    net = built(text)
    np.testing.assert_allclose(net.predict({"x": X}, outputs="double"), 2 * X, rtol=1e-14)
    assert not (tmp_path / "out.h5").exists()
