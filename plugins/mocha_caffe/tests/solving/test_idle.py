"""Layers that nothing teaches."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from mocha_core import OptionError

from .small import NET, opened_training, values

AUXILIARY = """
layer { name: "aux" type: "InnerProduct" bottom: "conv1" top: "aux"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "quiet" type: "Silence" bottom: "aux" }
"""
BORROWING = """
layer { name: "aux" type: "InnerProduct" bottom: "bn1" top: "aux" param { name: "w" }
  inner_product_param { num_output: 3 } }
layer { name: "quiet" type: "Silence" bottom: "aux" }
"""
STILL = "param { lr_mult: 0 } param { lr_mult: 0 }"


def test_a_branch_without_a_loss_is_left_alone_as_in_caffe(tmp_path, caplog):
    caplog.set_level(logging.INFO, "mocha")
    with opened_training(tmp_path, net=NET + AUXILIARY) as training:
        training.net.init()
        before = values(training)
        training.solve()
        after = values(training)
    assert "No loss depends on aux" in caplog.text
    assert np.array_equal(before["aux___weight"], after["aux___weight"])
    assert not np.array_equal(before["ip___weight"], after["ip___weight"])


def test_a_weight_that_such_a_branch_borrows_learns_on(tmp_path):
    found = []
    for name, more in (("with", BORROWING), ("without", "")):
        (folder := tmp_path / name).mkdir()
        net = NET.replace('bottom: "bn1" top: "ip"', 'bottom: "bn1" top: "ip" param { name: "w" }') + more
        with opened_training(folder, net=net) as training:
            training.solve()
            found.append(values(training))
    with_branch, without = found
    assert with_branch.keys() - without.keys() == {"aux___bias"}
    assert not with_branch["aux___bias"].any()
    for name, array in without.items():
        assert np.array_equal(with_branch[name], array), name


def test_layers_with_multipliers_of_zero_stay_and_have_histories_of_zeros(tmp_path):
    with opened_training(
        tmp_path, net=NET.replace('type: "InnerProduct"', f'type: "InnerProduct" {STILL}')
    ) as training:
        training.net.init()
        before = values(training)
        training.solve()
        after = values(training)
    assert np.array_equal(before["ip___weight"], after["ip___weight"])
    assert not np.array_equal(before["conv1___filter"], after["conv1___filter"])
    with opened_training(tmp_path, state=tmp_path / "small_iter_6.solverstate") as training:
        assert training.solver.state is not None


def test_a_format_that_caffe_has_not(tmp_path):
    with pytest.raises(OptionError, match="snapshot_format is BINARYPROTO or HDF5, not 7"):
        opened_training(tmp_path, "snapshot_format: 7")
