"""Where a training starts: weights, seeds, backends."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_caffe import open_training
from mocha_caffe.formats import Message, make_blob, save_wire
from mocha_core import MissingFileError

from .small import opened_training, solver_text, values, write

ONES, TWOS = np.ones((4, 2, 3, 3), np.float32), np.full((4, 2, 3, 3), 2, np.float32)


def weights(folder, name, filters=None, product=None):
    net = Message("NetParameter", name="some")
    if filters is not None:
        net.make("layer", name="conv1").blobs = [make_blob(filters), make_blob(np.zeros(4, np.float32))]
    if product is not None:
        net.make("layer", name="ip").blobs = [make_blob(product), make_blob(np.zeros(3, np.float32))]
    save_wire(net, folder / name)
    return folder / name


def started(training):
    training.net.init()
    return values(training)


def test_weights_that_the_solver_names_later_ones_on_top(tmp_path):
    weights(tmp_path, "a.caffemodel", ONES, np.ones((3, 48), np.float32))
    weights(tmp_path, "b.caffemodel", TWOS)
    with opened_training(tmp_path, 'weights: "a.caffemodel,b.caffemodel"') as training:
        found = started(training)
    assert (found["conv1___filter"] == 2).all()
    assert (found["ip___weight"] == 1).all()


def test_weights_that_are_given_instead(tmp_path):
    weights(tmp_path, "a.caffemodel", ONES)
    other = weights(tmp_path, "b.caffemodel", TWOS)
    with opened_training(tmp_path, 'weights: "a.caffemodel"', weights=[other]) as training:
        found = started(training)
    assert (found["conv1___filter"] == 2).all()
    assert np.ptp(found["ip___weight"]) > 0  # its filler's


def test_weights_that_are_not_there(tmp_path):
    with pytest.raises(MissingFileError, match=r"solver\.prototxt:.*: weights: there is no file 'gone\.caffemodel'"):
        opened_training(tmp_path, 'weights: "gone.caffemodel"')


def test_a_backend_by_name_has_the_files_seed(tmp_path):
    path = write(tmp_path)
    with open_training(path, backend="cpu") as one, open_training(path, backend="cpu") as other:
        assert one.backend.seed == 5
        assert np.array_equal(started(one)["ip___weight"], started(other)["ip___weight"])
    unseeded = write(tmp_path, solver_text("random_seed: -1"))
    with open_training(unseeded, backend="cpu") as training:
        assert training.backend.seed != 5
