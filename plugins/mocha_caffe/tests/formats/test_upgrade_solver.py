"""Solver files of any age."""

from __future__ import annotations

import pytest

from mocha_caffe.formats import UpgradeError, parse_text, read_solver, upgrade_solver
from mocha_caffe.formats.upgrade.names import SOLVER_TYPES


@pytest.mark.parametrize(("old", "new"), SOLVER_TYPES.items())
def test_types(old, new):
    solver = upgrade_solver(parse_text(f"solver_type: {old}", "SolverParameter"))
    assert solver.type == new
    assert "solver_type" not in solver


def test_both_types():
    with pytest.raises(UpgradeError, match="remove solver_type"):
        upgrade_solver(parse_text("solver_type: ADAM type: 'Adam'", "SolverParameter"))


def test_an_unknown_type():
    with pytest.raises(UpgradeError, match="9 is no solver; known are SGD"):
        upgrade_solver(parse_text("solver_type: 9", "SolverParameter"))


@pytest.mark.parametrize(
    ("line", "prefix"), [("", "{}/solver"), ("snapshot_prefix: '{}'", "{}/solver"), ("snapshot_prefix: 'x/y'", "x/y")]
)
def test_the_prefix_of_snapshots(line, prefix, tmp_path):
    (tmp_path / "solver.prototxt").write_text(f"base_lr: 0.5 {line.format(tmp_path)}")
    assert read_solver(tmp_path / "solver.prototxt").snapshot_prefix == prefix.format(tmp_path)
