"""Parameters that layers share, in a training and in Caffe's files."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import read_solver_state

from .small import NET, TESTS, assert_same, opened_training, values

TWO = """
layer { name: "ip2" type: "InnerProduct" bottom: "bn1" top: "ip2" %s
  inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "loss2" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss2" }
"""
BOTH, ONE = 'param { name: "w" } param { name: "b" }', 'param { name: "w" }'


@pytest.mark.parametrize(("shared", "histories"), [(BOTH, 2), (ONE, 3)])
@pytest.mark.parametrize("form", ["BINARYPROTO", "HDF5"])
def test_once_in_the_state_and_back(shared, histories, form, tmp_path):
    net = NET.replace('bottom: "bn1" top: "ip"', f'bottom: "bn1" top: "ip" {shared}') + TWO % shared
    suffix = ".h5" if form == "HDF5" else ""
    more = f"snapshot_format: {form} {TESTS}"
    with opened_training(tmp_path, more, net) as training:
        training.solve()
        expected = values(training)
    if not suffix:
        assert len(read_solver_state(tmp_path / "small_iter_6.solverstate").history) == 5 + histories
    with opened_training(tmp_path, more, net, state=tmp_path / f"small_iter_6.solverstate{suffix}") as again:
        found = values(again)
    keys = [name for name in expected if "bn1" not in name]
    assert_same({name: found[name] for name in keys}, {name: expected[name] for name in keys})
