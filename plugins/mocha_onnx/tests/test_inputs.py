"""With which numbers file and net are compared."""

from __future__ import annotations

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core import (
    EmbeddingLayer,
    InnerProductLayer,
    InputLayer,
    Net,
    PowerLayer,
    ReshapeLayer,
    ROIPoolingLayer,
    SliceLayer,
)
from mocha_core.net.deploying import deployed
from mocha_core.testing import ReferenceBackend
from mocha_onnx.checking import random_inputs


def net(*layers, **shapes):
    made = Net("small", ReferenceBackend(), [InputLayer(tops=list(shapes), shapes=list(shapes.values())), *layers])
    made.init()
    return made


def roi(**options):
    return ROIPoolingLayer(name="roi", size=(3, 2), tops=["roi"], **options)


@pytest.mark.parametrize("options", [{}, {"batch": 2}])
def test_a_net_that_reads_regions(tmp_path, options):
    made = net(roi(scale=0.25, bottoms=["data", "rois"]), data=(2, 3, 12, 9), rois=(5, 5))
    said = mocha.export(made, tmp_path / "net.onnx", **options)
    assert "0.0e+00 of the range of 'roi'" in said[1]


def test_regions_that_come_by_another_layer():
    layers = [ReshapeLayer(name="rows", bottoms=["four"], tops=["rois"], shape=(5,)), roi(bottoms=["data", "rois"])]
    made = net(*layers, data=(2, 3, 12, 9), four=(7, 5, 1, 1))
    regions = random_inputs(deployed(made), seed=0)["four"].reshape(7, 5)
    assert set(regions[:, 0]) == {0, 1}
    assert len(np.unique(regions, axis=0)) > 1
    assert (regions[:, 1:] >= 0).all()
    assert (regions[:, 1:] < (9, 12, 9, 12)).all()
    assert (regions[:, 1:3] <= regions[:, 3:]).all()


def test_class_numbers_in_a_part_of_an_input():
    layers = [
        SliceLayer(name="cut", bottoms=["both"], tops=["words", "others"], axis=1),
        EmbeddingLayer(name="embed", input_dim=4, output_dim=2, bottoms=["words"], tops=["vectors"]),
        InnerProductLayer(name="ip", output_dim=2, bottoms=["others"], tops=["ip"]),
    ]
    found = random_inputs(deployed(net(*layers, both=(9, 6))), seed=0)["both"]
    assert set(found.ravel()) == {0, 1, 2, 3}


def test_others_are_normal():
    made = net(PowerLayer(name="y", bottoms=["x"], tops=["y"], power=2), x=(50, 40))
    found = random_inputs(deployed(made), seed=0)["x"]
    assert abs(found.mean()) < 0.1
    assert abs(found.std() - 1) < 0.1
